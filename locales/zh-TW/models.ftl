encoder-weights-unreadable = 入門編碼器的權重（{ $path }）遺失或損壞。請從儲存庫還原該檔案：git checkout -- models/weights
hub-unreachable = 本機還沒有 { $repo }，而 { $hub } 無法連線。請連上網路，用 HF_ENDPOINT 指定鏡像，或設定 PROFILE=starter（無需下載）。
hub-not-found = { $hub } 上沒有這個模型或檔案：{ $repo }。請檢查名稱；私有模型需要 HF_TOKEN。
hub-refused = { $hub } 拒絕提供 { $repo }（狀態碼 { NUMBER($status, useGrouping: 0) }）。請稍後再試；私有或受限模型需要 HF_TOKEN。
hub-no-space = { $repo } 需要在 { $folder } 中占用 { NUMBER($needed_mib, useGrouping: 0) } MiB，但只剩 { NUMBER($free_mib, useGrouping: 0) } MiB。請騰出空間，或把 DATA_DIR 設到更大的磁碟。
hub-file-damaged = { $repo } 的 { $file } 兩次下載都已損壞：檢查碼與伺服器不符。請重試；若仍如此，請換網路或鏡像（HF_ENDPOINT）。
hub-incomplete = 從 { $hub } 下載 { $repo } 時中斷：{ $reason } 請重新開始。
hub-gated = { $repo } 需要授權：請在 { $hub }/{ $repo } 接受其條款，再把 HF_TOKEN 設為該帳號的權杖。
hub-token-refused = { $hub } 不接受 HF_TOKEN。請在那裡新建一個權杖並重新設定。
open-clip-unknown = open_clip 沒有帶權重「{ $pretrained }」的模型「{ $model }」。請從 open_clip.list_pretrained() 中選擇。
open-clip-unreadable = 無法載入模型 { $model }：{ $reason }
