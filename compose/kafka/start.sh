#!/bin/bash
# Starts one node: writes its properties, formats its disk the first time with the password of the nodes, runs Kafka.
#
#   NODE       its number from 1 on           NODES       how many there are: 1 for a trial, 3 for service
#   HOST       the name that clients use      CLUSTER_ID  the cluster's identity (kafka-storage.sh random-uuid)
set -euo pipefail
kafka=${KAFKA_HOME:-/opt/kafka}
own=${KAFKA_OWN:-/tmp/server.properties}
template=${KAFKA_TEMPLATE:-/etc/everyschoolday/server.properties}
password=$(cat "${KAFKA_PASSWORD_FILE:-/run/secrets/kafka-password}")
[[ $password =~ ^[A-Za-z0-9]{24,}$ ]] || { echo "the password of the nodes must be 24 letters and digits or more" >&2; exit 78; }

voters=
for ((node = 1; node <= NODES; node++)); do voters+="${voters:+,}$node@kafka-$node:9095"; done
replicas=$((NODES >= 3 ? 3 : 1))
umask 077
sed -e "s/@NODE@/$NODE/; s/@HOST@/$HOST/g; s/@VOTERS@/$voters/; s/@REPLICAS@/$replicas/; s/@INSYNC@/$((replicas > 1 ? 2 : 1))/" \
  -e "s/@PASSWORD@/$password/g" "$template" >"$own"

"$kafka/bin/kafka-storage.sh" format --ignore-formatted --cluster-id "$CLUSTER_ID" --config "$own" \
  --add-scram "SCRAM-SHA-512=[name=kafka,password=$password]"
exec "$kafka/bin/kafka-server-start.sh" "$own"
