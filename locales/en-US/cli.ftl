cli-find-found = Found for “{ $query }” (threshold { $threshold }):
cli-find-imagine = Nothing in the gallery matches “{ $query }” (threshold { $threshold }). The nearest:
cli-hit = match { $match } · cosine { $cosine }  { $file }
cli-score = match { $match } · cosine { $cosine }  { $text }
cli-painted = Painted: match { $match } · cosine { $cosine } · seed { $seed }  { $file }
cli-gallery-added = Added { $added }, already there { $known }, skipped { $broken } in { $seconds } s ({ $rate } pictures/s).
cli-gallery-broken = Skipped { $file }: { $problem }
cli-gallery-removed = Removed { $removed ->
        [one] one picture.
       *[other] { $removed } pictures.
    }
cli-gallery-stats = { $pictures } pictures, encoded by { $encoder }
cli-gallery-gone = gone     { $file }
cli-gallery-changed = changed  { $file }
cli-gallery-verified = { $pictures } pictures checked: { $gone } gone, { $changed } changed.
cli-gallery-optimized = The table is compact.
cli-gallery-reencoded = { $pictures } pictures encoded anew with { $encoder }.
cli-adding-samples = The gallery is empty: adding the sample pictures.
cli-page = Open { $url } in a browser. Ctrl+C stops.
cli-stopped = Stopped.
doctor-python = Python { $python }, { $cores } cores
doctor-packages = { $packages }
doctor-data-dir = data in { $folder }, { $free_gib } GiB free
doctor-data-dir-unwritable = { $folder } cannot be written ({ $reason }): set DATA_DIR to a folder that can
doctor-profile = profile { $profile }
doctor-encoder = encoder { $encoder }, { $dim } dimensions
doctor-head = match head trained for this encoder
doctor-head-untrained = no match head was trained for { $encoder }: cosine calibrated on the gallery stands in. `python -m lab train head` makes one
doctor-gallery = gallery at { $location }
doctor-gallery-missing = no gallery at { $location } yet: `python bot.py gallery add FOLDER` makes one
doctor-painter = painter { $painter } on { $device }
doctor-painter-offloaded = painter { $painter } on { $device }, whose memory is small: its parts take turns on the card, which is slower
doctor-no-token = no DISCORD_TOKEN: the bot will serve the page on this machine
doctor-discord = logged in to Discord as { $name }
doctor-discord-unreachable = { $url } cannot be reached: check the network
doctor-token-refused = Discord refuses the token (status { $status }): copy a new one from the developer portal into DISCORD_TOKEN
doctor-redis = Redis answers
doctor-redis-unreachable = Redis at QUEUE_URL does not answer: start it or correct the address
file-not-read = { $file } cannot be read: { $reason }.
head-for-another-encoder = The head at HEAD_PATH was trained for { $made_for }, but the encoder is { $now }. Train one for this encoder with `python -m lab train head`, or remove HEAD_PATH.
device-missing = DEVICE is { $device }, but this machine or this build of torch has none. Set DEVICE=auto.
cli-worker = Worker { $name } paints on { $devices } device(s). Ctrl+C stops.
