// SPDX-License-Identifier: Apache-2.0
#include "fuzz/surface/spoil.h"

#include <cstdint>
#include <iterator>
#include <limits>
#include <string>

#include "csi.pb.h"

namespace rds_csi::surface {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Ids, paths, map keys and their values in one heap: each is good somewhere and bad elsewhere.
constexpr const char* kTexts[] = {
    // ids
    "pvc-1", "pvc-2", "legacy", "other", "broken", "nobody", "worker-1", "worker-2", "gone", ".",
    "-rf", "a,b", "a;quit", "[find]", "$x", "p\xc3\xb6ol", "*1", "csi-", "after:", "after:pvc-1",
    // paths
    "/", "/etc", "/var/lib/kubelet", "/var/lib/kubelet/", "/var/lib/kubelet/../../etc/x",
    "/var/lib/kubelet//x", "/var/lib/kubelet/plugins/pvc-1", "/var/lib/kubelet/pods/1/pvc-1",
    "/var/lib/kubelet/link/x", "/var/lib/kubelet/a b", "/storage-pool/csi", "/storage-pool",
    "/storage-pool/csi/sub", "/storage-pool/../etc", "relative/path",
    // keys
    "volumePath", "nvmeAddress", "nvmePort", "fsType", "ctrlLossTmo", "reconnectDelay",
    "keepAliveTmo", "migrationTimeoutSeconds", "anchorSeconds", "rdsAddress", "nqn", "nvme_address",
    "nvme_port", "nvme_nqn", "fs_type", "host_nqn", "host_id", "generation", "formatting",
    "csi.storage.k8s.io/fstype", "csi.storage.k8s.io/pvc/name", "csi.storage.k8s.io/pvc/namespace",
    "topology.x/zone", "mirrored",
    // values
    "a", "b", "0", "1", "-1", "600", "4420", "65536", "9223372036854775808", "ext4", "ext3", "xfs",
    "ntfs", "never", "allowed", "10.0.0.1", "::1", "rds", "rds,trsvcid=1", "noatime", "ro", "bind",
    "errors=panic", "nqn.2000-02.com.mikrotik:pvc-1", "nqn.2000-02.com.mikrotik:pvc-2",
    // what may come out elsewhere as something else
    "a\nb", "a\"b", "a\\b", "\x01", "\xe2\x80\xa8", "{}", "%s%n"};

constexpr int64_t kNumbers[] = {0,
                                1,
                                -1,
                                2,
                                512,
                                int64_t{1} << 20,
                                int64_t{1} << 30,
                                (int64_t{1} << 30) + 1,
                                int64_t{3} << 30,
                                int64_t{1} << 40,
                                int64_t{1} << 44,
                                (int64_t{1} << 44) + 1,
                                std::numeric_limits<int64_t>::max(),
                                std::numeric_limits<int64_t>::min(),
                                std::numeric_limits<int32_t>::max()};

std::string Word(Choices& choices) {
  const size_t choice = choices.Pick(std::size(kTexts) + 4);
  if (choice < std::size(kTexts)) return kTexts[choice];
  if (choice == std::size(kTexts)) return std::string(200, 'a');
  if (choice == std::size(kTexts) + 1) return "/var/lib/kubelet/" + std::string(5000, 'a');
  return choices.Text();
}

// Sets a field that is no message, or adds to it when it is a list.
void SetValue(Message& message, const FieldDescriptor& field, bool secret, Choices& choices) {
  const auto& of = *message.GetReflection();
  const bool list = field.is_repeated();
  const auto set = [&](auto setter, auto adder, const auto& value) {
    list ? (of.*adder)(&message, &field, value) : (of.*setter)(&message, &field, value);
  };
  using Reflection = google::protobuf::Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return set(&Reflection::SetString, &Reflection::AddString,
                 (secret ? kSecret : "") + Word(choices));
    case FieldDescriptor::CPPTYPE_BOOL:
      return set(&Reflection::SetBool, &Reflection::AddBool, choices.Flip());
    case FieldDescriptor::CPPTYPE_INT32:
      return set(&Reflection::SetInt32, &Reflection::AddInt32,
                 static_cast<int32_t>(choices.Of(kNumbers)));
    case FieldDescriptor::CPPTYPE_INT64:
      return set(&Reflection::SetInt64, &Reflection::AddInt64, choices.Of(kNumbers));
    case FieldDescriptor::CPPTYPE_ENUM:
      return set(&Reflection::SetEnumValue, &Reflection::AddEnumValue,
                 static_cast<int>(choices.Pick(10)));
    default:
      return;  // there are no others in requests of CSI
  }
}

void SpoilWithin(Message& message, bool secret, Choices& choices);

// An entry of a map is a message of two fields; both are set.
void Add(Message& message, const FieldDescriptor& field, bool secret, Choices& choices) {
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return SetValue(message, field, secret, choices);
  }
  Message& added = *message.GetReflection()->AddMessage(&message, &field);
  if (!field.is_map()) return SpoilWithin(added, secret, choices);
  for (int i = 0; i < 2; ++i) SetValue(added, *field.message_type()->field(i), secret, choices);
}

void SpoilList(Message& message, const FieldDescriptor& field, bool secret, Choices& choices) {
  constexpr int kMany = 40;
  const auto& of = *message.GetReflection();
  const int size = of.FieldSize(message, &field);
  const size_t how = choices.Pick(4);
  if (how == 0) return Add(message, field, secret, choices);
  if (how == 1) return of.ClearField(&message, &field);
  if (how == 2) {
    for (int i = 0; i < kMany; ++i) Add(message, field, secret, choices);
    return;
  }
  if (size == 0 || field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) return;
  const int element = static_cast<int>(choices.Pick(static_cast<size_t>(size)));
  SpoilWithin(*of.MutableRepeatedMessage(&message, &field, element), secret, choices);
}

void SpoilWithin(Message& message, bool secret, Choices& choices) {
  const auto& type = *message.GetDescriptor();
  if (type.field_count() == 0) return;
  const size_t number = choices.Pick(static_cast<size_t>(type.field_count()));
  const FieldDescriptor& field = *type.field(static_cast<int>(number));
  secret = secret || field.options().GetExtension(csi::v1::csi_secret);
  if (field.is_repeated()) return SpoilList(message, field, secret, choices);
  const auto& of = *message.GetReflection();
  if (choices.Flip()) return of.ClearField(&message, &field);
  if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    return SetValue(message, field, secret, choices);
  }
  SpoilWithin(*of.MutableMessage(&message, &field), secret, choices);
}

}  // namespace

void Spoil(Message& message, Choices& choices) { SpoilWithin(message, false, choices); }

}  // namespace rds_csi::surface
