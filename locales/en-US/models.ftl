encoder-weights-unreadable = The weights of the starter encoder ({ $path }) are missing or damaged. Restore the file from the repository: git checkout -- models/weights
hub-unreachable = { $repo } is not on this machine yet and { $hub } cannot be reached. Connect to the network, set HF_ENDPOINT to a mirror, or set PROFILE=starter, which needs no download.
hub-not-found = { $hub } has no such model or file: { $repo }. Check the name; a private model needs HF_TOKEN.
hub-refused = { $hub } refused to give { $repo } (status { NUMBER($status, useGrouping: 0) }). Try again later; a private or gated model needs HF_TOKEN.
hub-no-space = { $repo } needs { NUMBER($needed_mib, useGrouping: 0) } MiB in { $folder }, where { NUMBER($free_mib, useGrouping: 0) } MiB are free. Make room, or set DATA_DIR to a larger disk.
hub-file-damaged = { $file } of { $repo } arrived damaged twice: its checksum is not the hub's. Try again; if it stays so, try another network or mirror (HF_ENDPOINT).
hub-incomplete = The download of { $repo } from { $hub } broke off: { $reason } Start again.
hub-gated = { $repo } is gated: accept its terms on { $hub }/{ $repo }, then set HF_TOKEN to a token of that account.
hub-token-refused = { $hub } does not accept HF_TOKEN. Make a new token there and set it.
open-clip-unknown = open_clip has no model "{ $model }" with weights "{ $pretrained }" on the hub. Choose a pair from open_clip.list_pretrained().
open-clip-unreadable = The model { $model } cannot be loaded: { $reason }
