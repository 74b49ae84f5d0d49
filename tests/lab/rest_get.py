# SPDX-License-Identifier: Apache-2.0
"""In a guest: prints what the REST service of an RDS answers to a GET. Arguments: URL, folder of the credentials."""

import base64
import ssl
import sys
import urllib.request
from pathlib import Path

url, credentials = sys.argv[1], Path(sys.argv[2])
user, password = (Path(credentials, name).read_text().strip() for name in ("username", "password"))
request = urllib.request.Request(url)
request.add_header("Authorization", "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode())
context = ssl.create_default_context(cafile=str(credentials / "ca.crt"))
print(urllib.request.urlopen(request, timeout=20, context=context).read().decode())
