#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# First process of a guest: makes the host's files, read-only under an overlay in memory, the root file system, and
# hands over to the agent. The folder shared with the host is /lab; /lab/.machine/env says who this machine is.
/bin/busybox --install -s /bin
trap 'echo "lab: init failed, powering off"; poweroff -f' EXIT
set -e

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
while read -r module; do insmod "/modules/$module"; done </modules/order

options=trans=virtio,version=9p2000.L,msize=512000
mount -t 9p -o "$options,ro,cache=loose" host /host
mount -t tmpfs -o mode=755 scratch /scratch
mkdir /scratch/upper /scratch/work
mount -t overlay -o lowerdir=/host,upperdir=/scratch/upper,workdir=/scratch/work overlay /root

mkdir -p /root/lab
mount -t 9p -o "$options,cache=none" lab /root/lab
. /root/lab/.machine/env
for folder in proc sys dev; do mount --move "/$folder" "/root/$folder"; done
mount -t configfs configfs /root/sys/kernel/config
mount -t cgroup2 cgroup2 /root/sys/fs/cgroup
mkdir -p /root/dev/pts /root/dev/shm
mount -t devpts devpts /root/dev/pts
mount -t tmpfs tmpfs /root/dev/shm
for folder in run tmp; do mount -t tmpfs -o mode=1777 tmpfs "/root/$folder"; done

# What the memory file systems have covered and the machine still needs.
version=$(uname -r)
mkdir -p "/root/lib/modules/$version"
mount --bind "/host$LAB_MODULES" "/root/lib/modules/$version"
eval "set -- $LAB_SHARES"
for path; do
  [ -e "/root$path" ] && continue
  mkdir -p "/root$path"
  mount --bind "/host$path" "/root$path"
done

hostname "$LAB_NAME"
ln -sf /lab/.machine/hosts /root/etc/hosts
ip link set lo up
echo 0 >/root/proc/sys/net/ipv6/conf/eth0/accept_dad
ip link set eth0 up
ip address add "$LAB_ADDRESS/24" dev eth0
ip -6 address add "$LAB_ADDRESS6/64" dev eth0
if [ -e /root/sys/class/net/eth1 ]; then
  ip link set eth1 up
  ip address add 10.0.2.15/24 dev eth1 # What the user-mode network of QEMU expects a guest to have.
fi

dmesg -n 7
cp /agent.py /root/run/lab-agent.py
trap - EXIT
exec switch_root /root /bin/sh -c '
  mount --make-rshared /
  /usr/bin/python3 -I -S /run/lab-agent.py
  echo o >/proc/sysrq-trigger
  sleep 60'
