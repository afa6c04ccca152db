#!/bin/bash
# Makes topics, users and rights as a plan says, takes away what the plan does not give, and verifies what is there then.
# It changes nothing that is as it must be, and can be run again at any time. `compose/prepare` writes the plan:
#
#   topic NAME RETENTION-MILLISECONDS
#   user NAME FILE                       the file has the line sasl.password=…
#   right USER topic|group NAME OPERATION[,OPERATION…]
#
#   KAFKA_SERVERS   where Kafka is      REPLICAS   how many copies a topic has: 1 for a trial, 3 for service
set -euo pipefail
kafka=${KAFKA_HOME:-/opt/kafka}/bin
plan=${1:-/run/plan/plan}
users=${USERS_FOLDER:-/run/users}
own=$(mktemp)
trap 'rm -f "$own"' EXIT
umask 077
{
  echo "security.protocol=SASL_SSL"
  echo "sasl.mechanism=SCRAM-SHA-512"
  echo "ssl.truststore.type=PEM"
  echo "ssl.truststore.location=${KAFKA_CA:-/run/secrets/kafka-ca.pem}"
  printf 'sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="kafka" password="%s";\n' \
    "$(cat "${KAFKA_PASSWORD_FILE:-/run/secrets/kafka-password}")"
} >"$own"
tool() { local name=$1; shift; "$kafka/$name" --bootstrap-server "$KAFKA_SERVERS" --command-config "$own" "$@" </dev/null; }

insync=$((REPLICAS > 1 ? 2 : 1))
while read -r what name first second third; do
  case $what in
    topic)
      tool kafka-topics.sh --create --if-not-exists --topic "$name" --partitions 1 --replication-factor "$REPLICAS"
      tool kafka-configs.sh --alter --entity-type topics --entity-name "$name" --add-config \
        "cleanup.policy=delete,retention.ms=$first,min.insync.replicas=$insync,unclean.leader.election.enable=false"
      ;;
    user)
      password=$(sed -n 's/^sasl\.password=//p' "$users/$first")
      [[ $password =~ ^[A-Za-z0-9]{24,}$ ]] || { echo "$first: no password of 24 letters and digits or more" >&2; exit 1; }
      # Through a file, because everybody on the machine can read the words of a command.
      printf 'SCRAM-SHA-512=[password=%s]\n' "$password" >"$own.user"
      tool kafka-configs.sh --alter --entity-type users --entity-name "$name" --add-config-file "$own.user"
      rm -f "$own.user"
      ;;
    right)
      operations=()
      for operation in ${third//,/ }; do operations+=(--operation "$operation"); done
      tool kafka-acls.sh --add --force --allow-principal "User:$name" "--$first" "$second" "${operations[@]}"
      ;;
    ""|\#*) ;;
    *) echo "the plan has a line that begins with $what" >&2; exit 1 ;;
  esac
done <"$plan"

# What is there now: every topic with one partition, and of each user the rights of the plan and no others.
faults=0
while read -r what name first second third; do
  case $what in
    topic)
      tool kafka-topics.sh --describe --topic "$name" | grep -q "PartitionCount: 1[[:space:]]" ||
        { echo "topic $name does not have one partition" >&2; faults=1; }
      ;;
    user)
      planned=$(awk -v user="$name" '$1 == "right" && $2 == user {
        n = split($5, operations, ","); for (i = 1; i <= n; i++) print toupper($3), $4, toupper(operations[i]) }' "$plan" | sort)
      # kafka-acls prints the resource on one line, and its entries below.
      there=$(tool kafka-acls.sh --list --principal "User:$name" | awk '
        /resourceType=/ { type = $0; sub(/.*resourceType=/, "", type); sub(/,.*/, "", type)
          place = $0; sub(/.*, name=/, "", place); sub(/,.*/, "", place) }
        /operation=/ { operation = $0; sub(/.*operation=/, "", operation); sub(/,.*/, "", operation); print type, place, operation }' |
        sort -u)
      while read -r type place operation; do
        [ -n "$type" ] || continue
        tool kafka-acls.sh --remove --force --allow-principal "User:$name" "--${type,,}" "$place" --operation "$operation"
        echo "took from $name: $operation of $type $place"
      done < <(comm -13 <(printf '%s\n' "$planned") <(printf '%s\n' "$there"))
      missing=$(comm -23 <(printf '%s\n' "$planned") <(printf '%s\n' "$there"))
      [ -z "$missing" ] || { echo "$name lacks: $missing" >&2; faults=1; }
      ;;
  esac
done <"$plan"
[ "$faults" = 0 ] && echo "topics, users and rights are as planned"
exit "$faults"
