# Answers in Discord. { $match } and { $cosine } are never compared with each other.

scores = match { $match } · cosine { $cosine }

find-found =
    { $count ->
        [one] One picture means “{ $query }”
       *[other] { $count } pictures for “{ $query }”, best first
    }
find-below = Nothing in the gallery quite means “{ $query }” — it takes a match of { $threshold }. The nearest:
find-nothing = Nothing in the gallery means “{ $query }”.

imagine-queued = 🎨 “{ $prompt }” is number { $position } in line.
imagine-queued-until = 🎨 “{ $prompt }” is number { $position } in line — ready { $when }.
imagine-started = 🎨 Painting “{ $prompt }”…
imagine-step = 🎨 Painting “{ $prompt }” { $bar } step { $step } of { $steps }
imagine-decoding = 🎨 Developing “{ $prompt }”…
imagine-scored = 🎨 Checking how well the picture says “{ $prompt }”…
imagine-done =
    { $count ->
        [one] Painted “{ $prompt }”
       *[other] Painted “{ $prompt }”, { $count } times
    }
imagine-translated = The painter read: “{ $prompt }”
imagine-seed = seed { $seed }
imagine-settings = -# { $steps } steps · guidance { $guidance } · { $scheduler } · { $seconds } s
imagine-upscaled = Larger: “{ $prompt }”
imagine-flagged = A picture was blurred because it may be unsafe.
imagine-withheld =
    { $count ->
        [one] A picture is left out because it may be unsafe
       *[other] { $count } pictures are left out because they may be unsafe
    } and this is not an age-restricted channel.

score-title =
    { $texts ->
        [one] How well the text fits
       *[other] How well each text fits
    } { $pictures ->
        [one] the picture
       *[other] the pictures
    }

alt-found = { $label } (gallery file { $file }), match { $match } for “{ $query }”
alt-painted = Painted picture of “{ $prompt }”, match { $match }
alt-upscaled = Painted picture of “{ $prompt }”, larger
alt-preview = Unfinished painting of “{ $prompt }”
alt-source = The picture that the painting started from
alt-scored = The picture being scored; “{ $text }” fits best, match { $match }

late-answer = { $who }, sorry for the wait — here is your answer:
picture-left-out = A picture was too large to send here, so it is left out.

cosine = cosine { $cosine }

similar-found =
    { $count ->
        [one] One picture looks like it
       *[other] { $count } pictures look like it, nearest first
    }
similar-nothing = Nothing in the gallery looks like it.

score-picture = **Picture { $number }**
heatmap-match = match
heatmap-cosine = cosine

button-more = More
button-similar = Similar
button-imagine-instead = Imagine instead
button-not-this = Not this
button-re-roll = Re-roll
button-variation =
    { $of ->
        [one] Variation
       *[other] Variation { $number }
    }
button-upscale =
    { $of ->
        [one] Upscale
       *[other] Upscale { $number }
    }
button-edit-prompt = Edit prompt
button-score = Score
button-cancel = Cancel
button-delete = Delete

form-edit-prompt = Edit prompt
form-prompt = What to paint
form-negative = What to keep out
form-score = Score against…
form-texts = Texts
form-texts-about = One on each line

alt-similar = { $label } (gallery file { $file }), cosine { $cosine }
alt-heatmap = Heat map of match and cosine for: { $texts }

button-again = { $number } again
button-forget = Delete my data
button-try-find = Find a horse eating grass
button-try-imagine = Paint a black cat

example-find = a horse eating grass
example-imagine = a black cat on a red sofa

gallery-own = **This server:**
gallery-shared = **Shared:**
gallery-count =
    { $count ->
        [one] 1 picture
       *[other] { $count } pictures
    }
gallery-added =
    { $count ->
        [one] The picture is in this server’s gallery now. Only this server can find it.
       *[other] { $count } pictures are in this server’s gallery now. Only this server can find them.
    }
gallery-added-shared =
    { $count ->
        [one] The picture is in the shared gallery now. Every server can find it.
       *[other] { $count } pictures are in the shared gallery now. Every server can find them.
    }
gallery-skipped =
    { $count ->
        [one] One file could not be read and was skipped.
       *[other] { $count } files could not be read and were skipped.
    }
gallery-removed =
    { $count ->
        [one] Removed the picture.
       *[other] Removed { $count } pictures.
    }
gallery-exported = { $count } of { $total } pictures are in this file. What Discord does not take can be removed from the gallery first, then exported again.
gallery-exported-all =
    { $total ->
        [one] The one picture of the gallery is in this file.
       *[other] All { $total } pictures of the gallery are in this file.
    }

settings-every-channel = everywhere
settings-shown =
    { "**" }How I answer in this server**
    A picture counts as found from a match of **{ $threshold }**
    Pictures shown: **{ $count }**
    Channels: { $channels }
    Language: **{ $language }**
    Paintings hidden until clicked: **{ $spoilers }**
    -# Name a channel to allow it, name it again to take it back. `reset` restores everything.
setting-on = yes
setting-off = no

status-models = **{ $profile }** · encoder `{ $encoder }` · { $pictures } pictures
status-head = Match scores from the head `{ $head }`; found from { $threshold }
status-head-untrained = ⚠️ There is no trained head for this encoder yet: its cosine was calibrated on this gallery instead.
status-painter = Painter `{ $painter }` on { $devices ->
        [one] one device
       *[other] { $devices } devices
    }
status-no-painter = Nothing is painted here.
queue-shown = { $waiting } waiting · { $running } being painted

cancelled = Cancelled.
history = **What you asked lately**
history-empty = You have not asked anything yet. Try `/find`.
kind-find = find
kind-imagine = imagine
kind-score = score
kind-similar = similar

help =
    { "**" }I answer a sentence with a picture.** If the gallery holds one that means the same, I find it; if not, I paint it. Either way I say how well it matches.
    `/find` — say what the picture shows
    `/imagine` — paint something new
    `/score` — how well texts fit a picture
    `/similar` — pictures that look like yours
    `/history` · `/queue` · `/cancel` · `/status` · `/privacy`
    { "**" }match** is a probability from 0 to 1; **cosine** is the plain similarity of the vectors. They are not comparable with each other.
    Right-click a message (on a phone: press and hold) → Apps for Find similar, Score against, Describe match.
    Try one:
privacy =
    { "**" }What I keep of you:** the words and settings of your requests, for 90 days, so that the buttons under my answers and `/history` work; and when you last had something painted, for an hour.
    { "**" }What I don’t keep:** pictures that you upload to be scored, compared or painted from. I cannot read messages.
    Pictures that managers add to a server’s gallery stay until they remove them.
privacy-forgotten =
    { $count ->
        [one] Done. One request was deleted.
       *[other] Done. { $count } requests were deleted.
    } Buttons under old answers no longer work.
