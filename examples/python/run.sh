#!/usr/bin/env bash
# An encrypted federation on real data with a real framework, on this machine: a coordinator and three
# clients, each with a Python of its own; then the same script alone on the pooled data.
#
#   examples/python/run.sh sklearn|pytorch|keras|jax|transformers [FOLDER]
#
# The last line is {"federated": ACCURACY, "alone": ACCURACY}. CIFER is the command (default: ./cifer),
# PORT the coordinator's port (default: 5000).
set -eu
here=$(cd "$(dirname "$0")" && pwd -P)
root=$(cd "$here/../.." && pwd -P)
framework=${1:-}
case $framework in
  sklearn) data=breast_cancer_wdbc.csv ;;
  pytorch | keras) data=fashion_mnist_26k.npz ;;
  jax) data=credit_data.csv ;;
  transformers) data=sotu.jsonl.gz ;;
  *) echo "usage: $0 sklearn|pytorch|keras|jax|transformers [FOLDER]" >&2; exit 2 ;;
esac
folder=${2:-$root/target/examples-python/$framework}
cifer=${CIFER:-$root/cifer}
python=$("$root/python/environment.sh" "$here/$framework/requirements.txt")
script=$here/$framework/train.py
settings=$here/$framework/settings.json
trainer="\"$python\" \"$script\"" # quotes: a folder's name may hold a space

rm -rf "$folder"
mkdir -p "$folder"
folder=$(cd "$folder" && pwd -P)

echo "== data and configurations" >&2
"$python" "$here/prepare.py" "$root/examples/data/$data" "$settings" "$folder"

echo "== certificates" >&2
"$cifer" certs init --out "$folder/authority" --name example >"$folder/certs.log"
for who in hub client-1 client-2 client-3; do
  if [ "$who" = hub ]; then role="coordinator --host localhost"; else role=client; fi
  # shellcheck disable=SC2086
  "$cifer" certs request --role $role --name "$who" --out "$folder/$who" >>"$folder/certs.log"
  "$cifer" certs sign "$folder/$who/certificate_request.pem" --authority "$folder/authority" >>"$folder/certs.log"
  cp "$folder/authority/ca.pem" "$folder/$who/"
done

echo "== initial model" >&2
"$cifer" model init --trainer "$trainer" --trainer-environment "PATH,PYTHONPATH=$root/python" \
  --out "$folder/hub/model.safetensors" >&2

echo "== federation" >&2
pids=""
end() { [ -z "$pids" ] || kill $pids 2>/dev/null || true; }
trap end EXIT
"$cifer" server --config "$folder/hub/server.json" --trainer "$trainer" --format json >"$folder/result.json" &
server=$!
pids=$server
for i in 1 2 3; do
  "$cifer" client --config "$folder/client-$i/config.json" --trainer "$trainer" >"$folder/client-$i/output.txt" 2>&1 &
  pids="$pids $!"
done
if ! wait "$server"; then
  tail -n 20 "$folder"/client-*/output.txt >&2
  exit 1
fi
for pid in $pids; do wait "$pid"; done
pids=""

echo "== the same script alone" >&2
# shellcheck disable=SC2046
PYTHONPATH=$root/python OMP_NUM_THREADS=1 "$python" "$script" alone \
  --data "$(echo "$folder"/pooled.*)" --test "$(echo "$folder"/hub/data.*)" \
  $("$python" -c 'import json, sys
for key, value in json.load(open(sys.argv[1])).items():
    if key in ("rounds", "learning_rate", "batch_size", "local_epochs"): print("--%s=%s" % (key.replace("_", "-"), value))' "$settings") \
  >"$folder/alone.txt"

"$python" - "$folder" <<'PYTHON'
import json, sys
run = json.load(open(sys.argv[1] + "/result.json"))
alone = [json.loads(line) for line in open(sys.argv[1] + "/alone.txt")]
print(json.dumps({"encryption": run["encryption"], "rounds": run["rounds_completed"], "federated": run["last"]["accuracy"],
                  "alone": alone[-1]["accuracy"]}))
PYTHON
