# Painting: what a person must change, what they must wait for, and what went wrong.

imagine-prompt-empty = There is nothing to paint yet: describe the picture in a few words.
imagine-prompt-too-long = That description is too long: { $limit } characters are the most, for what to paint and for what to leave out.
imagine-scheduler-unknown = There is no scheduler called “{ $scheduler }”. Choose one of: { $known }.
imagine-out-of-bounds = { $option } must lie between { $low } and { $high }.
imagine-size-unknown = This painter cannot paint that { $option }. Choose one of: { $known } pixels.
imagine-lora-unknown = There is no LoRA called “{ $name }”. There are: { $known }.
lora-unreadable = The LoRA file { $name } cannot be used: { $detail }
imagine-fast-missing = { $painter } cannot paint in a few steps. The owner names an LCM-LoRA for Stable Diffusion 1.x in LCM_LORA.
imagine-fast-scheduler = Painting in a few steps works with the scheduler lcm alone: leave “{ $scheduler }” out.
lcm-lora-not-found = There is no LoRA at { $source }. LCM_LORA takes a hub repository (owner/name) with a .safetensors file, or such a file.

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
queue-unreachable = The queue of painters cannot be reached: check QUEUE_URL and that Redis is running. ({ $detail })
queue-without-workers = No painter is working for the queue right now. The owner starts one with: python bot.py worker.
queue-results-unreachable = The place where painters hand over large results cannot be reached: check QUEUE_RESULTS. ({ $detail })
queue-results-elsewhere = A painter handed over a large result in a place that is not known here. The owner sets QUEUE_RESULTS as it is set for the workers.
queue-result-too-large = The result is over { $limit_mib } MiB, more than travels through the queue. The owner sets QUEUE_RESULTS to a folder that all machines share, or to s3://bucket/path.
job-not-found = There is no job { $job } any more: it has ended.
job-not-yours = Job { $job } belongs to somebody else. Only they and the moderators may cancel it.
job-cancelled = The job was cancelled.

painting-not-finite = The painting went wrong: its numbers left their range. Try another seed, fewer steps or a lower guidance.
painting-out-of-memory = There was not enough memory for this picture. Try a smaller size.
painting-scheduler = The scheduler { $scheduler } could not paint with these settings ({ $detail }). Try another number of steps or another scheduler.
painting-failed = Something broke while this picture was being painted, twice. It is not your fault; the owner finds the details in the log.
painting-no-device = No painter is running any more. The owner finds the reason in the log; starting the program again may help.

painter-not-found = There is no painter at { $source }. PAINTER takes a hub repository (owner/name), a diffusers folder or a .safetensors file of Stable Diffusion 1.x.
painter-unreadable = The painter { $source } cannot be loaded: it is damaged, or it is not of the Stable Diffusion 1.x family. ({ $detail })
painter-part-missing = That painter has no safetensors weights for its { $part }. Name another repository in PAINTER, or a single .safetensors file.
painter-without-safety-checker = The painter { $source } comes without a safety checker. Name another one in PAINTER, or set SAFETY_CHECKER=false if you take that upon yourself.
painter-weights-missing = The starter painter's weights in { $path } are missing or damaged. Restore the folder from the repository, or train them: python -m lab train painter.
translator-unreadable = The translator { $source } cannot be loaded: TRANSLATOR takes a hub repository or a folder of a Marian model. ({ $detail })
