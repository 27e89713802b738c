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
imagine-settings = -# { $steps } steps · guidance { $guidance } · { $scheduler }
imagine-flagged = A picture was blurred because it may be unsafe.

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
alt-preview = Unfinished painting of “{ $prompt }”
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
button-variation = Variation { $number }
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
