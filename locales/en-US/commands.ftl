# Names (lower case, no spaces) and descriptions (at most 100 characters) of commands, options and choices.

command-find = find
command-find-about = Find pictures that mean what you say, or paint one
command-find-query = query
command-find-query-about = What the picture shows, in your own words
command-find-count = count
command-find-count-about = How many pictures at most
command-find-imagine-if-missing = imagine_if_missing
command-find-imagine-if-missing-about = Paint one when the gallery has nothing like it

command-imagine = imagine
command-imagine-about = Paint a picture from your words
command-imagine-prompt = prompt
command-imagine-prompt-about = What to paint
command-imagine-negative = negative
command-imagine-negative-about = What to keep out of the picture
command-imagine-steps = steps
command-imagine-steps-about = More steps take longer and add detail
command-imagine-guidance = guidance
command-imagine-guidance-about = How closely to follow the prompt
command-imagine-seed = seed
command-imagine-seed-about = The same seed paints the same picture again
command-imagine-size = size
command-imagine-size-about = The shape of the picture
command-imagine-count = count
command-imagine-count-about = How many pictures
command-imagine-candidates = candidates
command-imagine-candidates-about = Paint this many for each picture and keep the best match

choice-square = Square
choice-portrait = Portrait
choice-landscape = Landscape

command-score = score
command-score-about = Tell how well texts fit a picture
command-score-image = image
command-score-image-about = The picture, up to 10 MiB
command-score-texts = texts
command-score-texts-about = One or more texts, separated by | or new lines
command-score-image2 = image2
command-score-image2-about = Another picture
command-score-image3 = image3
command-score-image3-about = Another picture
command-score-image4 = image4
command-score-image4-about = Another picture
