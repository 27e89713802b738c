# Painting: what a person must change, what they must wait for, and what went wrong.

imagine-prompt-empty = There is nothing to paint yet: describe the picture in a few words.
imagine-prompt-too-long = That description is too long: { $limit } characters are the most, for what to paint and for what to leave out.
imagine-scheduler-unknown = There is no scheduler called “{ $scheduler }”. Choose one of: { $known }.
imagine-out-of-bounds = { $option } must lie between { $low } and { $high }.
imagine-size-unknown = This painter cannot paint that { $option }. Choose one of: { $known } pixels.
imagine-lora-unknown = There is no LoRA called “{ $name }”. There are: { $known }.
lora-unreadable = The LoRA file { $name } cannot be used: { $detail }

queue-full =
    { $limit } jobs are waiting or being painted, and that is the most. { $wait_s ->
        [0] Try again in a moment.
       *[other] Try again in about { $wait_s } s.
    }
queue-full-for-you =
    You have { $limit } jobs waiting or being painted, and that is the most for one person. { $wait_s ->
        [0] Try again when one of them is done.
       *[other] One of them should be done in about { $wait_s } s.
    }
job-not-found = There is no job { $job } any more: it has ended.
job-not-yours = Job { $job } belongs to somebody else. Only they and the moderators may cancel it.
job-cancelled = The job was cancelled.

painting-not-finite = The painting went wrong: its numbers left their range. Try another seed, fewer steps or a lower guidance.
painting-out-of-memory = There was not enough memory for this picture. Try a smaller size.
painting-scheduler = The scheduler { $scheduler } could not paint with these settings ({ $detail }). Try another number of steps or another scheduler.
painting-failed = Something broke while this picture was being painted, twice. It is not your fault; the owner finds the details in the log.
painting-no-device = No painter is running any more. The owner finds the reason in the log; starting the program again may help.
