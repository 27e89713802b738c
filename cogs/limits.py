"""What Discord allows, and what this bot asks of it: bytes, seconds, characters or pieces."""

from core.state.quotas import Allowance

CONTENT = 2_000
ALT_TEXT = 1_024
FILES = 10
CHOICES = 25  # of an autocomplete answer
CHOICE = 100

FILE_BYTES = 10 * 2**20  # of one file where no boost raises it
EDIT_PERIOD_S = 2.0  # between two edits of one message: faster ones meet the rate limit
TOKEN_LIFE_S = 14.5 * 60  # Discord says 15 minutes; the last half minute is kept for uploads on their way

QUERY = 500
PROMPT = 1_000
HITS = 9  # of ten files: the tenth may be a heat map or a painted picture
TEXTS = 10
IMAGES = 4

COMMANDS = (20, 60.0)  # uses of one command by one person in so many seconds
PAINTINGS = Allowance(60, 3_600.0)  # jobs of one person
