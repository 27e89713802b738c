# Training and evaluation.

data-missing = { $path } is not there. Name the data folder with `--data`.
captions-missing = There is no table of captions { $path }. Give `--gallery DIR --captions CSV` with the columns file, level, language, caption.
captions-too-few = { $path } has too few captioned pictures to train and to validate on. A few hundred are needed.
captions-fewer = { $path } has captions for fewer pictures than there are. Make them with `--stages captions --pictures { $pictures }`.
stage-missing = { $path } is not there. The stage `{ $stage }` makes it: put it before the others after `--stages`.
head-unreadable = The match head { $path } is missing or damaged. Train one with `python -m lab train head`, or restore the file.
head-of-another-encoder = { $path } was trained for another encoder than { $encoder }. Train one for it with `python -m lab train head`.
font-missing = No font with Chinese letters was found. Install one (on Debian: `apt install fonts-noto-cjk`) and run this again.
