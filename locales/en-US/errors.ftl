# What happened, and what to do.

query-empty = There are no words in that. Tell me what you are looking for, like “a horse eating grass”.
query-too-long = That is more than I can take in at once. Keep it under { $limit } characters.
query-control-characters = That text holds invisible control characters. Type it again, or paste it as plain text.
image-unreadable = That file is not a picture I can read. Send a JPEG, PNG, WebP or GIF.
image-truncated = That picture is damaged or was cut off on its way. Save it again and send it once more.
image-too-many-pixels = That picture has too many pixels. Make it smaller than { $limit_megapixels } megapixels and try again.
image-too-large = That file is too large. Send one under { $limit_mib } MiB.
texts-empty = There is no text to score. Write one or more, with “|” between them.
texts-too-many = That is too many texts at once. Send up to { $limit }.
gallery-empty = The gallery is still empty, so there is nothing to find. Add pictures first.
gallery-mismatch = The gallery was made with { $made_with }, but { $now } is running. The owner can re-encode it with `python bot.py gallery reencode`, or go back to { $made_with }.
picture-not-found = That picture is no longer in the gallery.
queue-full-until = Too many paintings are waiting right now. Try again { $when }.
queue-full-for-you-until = You have { $limit } paintings waiting already, and that is the most for one person. Try again { $when }.
count-out-of-bounds = I can show 1 to { $limit } pictures at once, not { $count }.
picture-not-named = Nothing in the gallery is called “{ $name }”.
picture-file-gone = The file { $file } is gone from its folder. Add the folder again, or remove the picture from the gallery.
folder-not-found = There is no folder { $folder }. Check the path.
folder-without-pictures = There is no picture in { $folder }. JPEG, PNG, WebP, GIF, BMP and TIFF files are read.
file-unreadable = The file cannot be read ({ $reason }).
setting-invalid =
    Some settings need a correction in `.env` or the environment:
    { $problems }
page-port-taken = The page cannot use port { $port } ({ $reason }). Set LOOPBACK_PORT to another one, or stop the program that uses it.
token-refused = Discord refuses the token. Copy a new one from the developer portal into DISCORD_TOKEN.
discord-unreachable = Discord cannot be reached ({ $reason }). Check the network, then start again.
unknown-bug = Something went wrong on my side. Please try again; if it stays, tell the owner this code: `{ $reference }`

cooldown = That was quick! You can do this again { $when }.
only-in-servers = This works in servers only.
permission-missing-yours = You need this permission here: { $permissions }.
permission-missing-mine = I lack a permission here. Ask a moderator to allow me this: { $permissions }.
command-outdated = This command has just changed. Wait a minute, or restart Discord, and try again.
not-allowed = You can’t use this here.

button-not-yours = These buttons belong to whoever asked. Ask yourself, and you get your own.
request-forgotten = I no longer know what was asked here: it is too old, or was deleted. Please ask again.
message-without-pictures = There is no picture in that message.
quota-spent = You have had { $limit } paintings in the last hour, and that is the most. Try again in about { $wait_s } s.
quota-spent-until = You have had { $limit } paintings in the last hour, and that is the most. Try again { $when }.
channel-not-allowed = I answer in these channels of this server: { $channels }
message-without-words = That message has no words to compare its picture with.
nothing-to-cancel = You have nothing waiting or being painted.
gallery-has-none = This server’s gallery is empty. Add pictures with `/gallery add`.
shared-gallery-not-yours = The shared gallery belongs to the owners of this bot. You can add to your server’s own instead.
archive-unreadable = That is not a ZIP file that I can read. Pack the pictures again, without a password.
archive-without-pictures = There is no picture in that ZIP file.
archive-too-many = There are too many pictures in that ZIP file. Send up to { $limit } at once.
upscale-too-large = That picture is large enough: upscaled, it would be over { $limit } pixels wide or high.
strength-without-picture = `strength` says how far to leave a picture: add one with `image`, or leave `strength` out.
