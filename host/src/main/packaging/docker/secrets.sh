#!/bin/sh
# Makes what the services share, once: random secrets, a certificate for the proxy, and the store with its authority.
#   secrets.sh FOLDER
set -eu
folder=$1
[ ! -f "$folder/done" ] || exit 0
umask 077
mkdir -p "$folder"
cd "$folder"
rm -f trust.p12
secret() { openssl rand -hex 32; }

secret | tr -d '\n' >database-password
secret | tr -d '\n' >turn-secret
printf 'use-auth-secret\nstatic-auth-secret=%s\nrealm=weft\nno-cli\nno-tls\nno-dtls\nlog-file=stdout\nsimple-log\npidfile=/tmp/turnserver.pid\n' "$(cat turn-secret)" >turnserver.conf

# An authority whose key is thrown away, and the one certificate that it signs.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 3650 -subj "/CN=weft" \
  -keyout authority.key -out authority.crt 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=proxy" \
  -keyout proxy.key -out proxy.csr 2>/dev/null
printf 'subjectAltName=DNS:proxy,DNS:localhost\n' >names
openssl x509 -req -in proxy.csr -CA authority.crt -CAkey authority.key -CAcreateserial -days 825 \
  -extfile names -out proxy.crt 2>/dev/null
rm -f authority.key authority.srl proxy.csr names
keytool -importcert -noprompt -alias weft -file authority.crt -keystore trust.p12 -storetype PKCS12 -storepass public 2>/dev/null

if [ "$(id -u)" = 0 ]; then
  chown 8700 database-password turn-secret # the user weft of the image; PostgreSQL reads its copy as root
  chown 65534 turnserver.conf # the user nobody, as which coturn runs
fi
chmod 755 .
chmod 444 authority.crt proxy.crt trust.p12
chmod 400 database-password turn-secret turnserver.conf proxy.key
touch done
