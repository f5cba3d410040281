-- SPDX-License-Identifier: Apache-2.0
-- wrk: open pages of a live blog that ask for what is new, each once in PAUSE
-- milliseconds. Four of five have read all that the file says is there, the
-- others up to three posts less. Arguments: the blog's path, that file, PAUSE.
local path, file, pause
local newest = 0
local count = 0

function init(args)
    path, file, pause = args[1], args[2], tonumber(args[3])
end

-- What readers have loaded since: who posts writes it down.
local function look()
    local f = io.open(file)
    if not f then return end
    local number = tonumber(f:read("*l"))
    f:close()
    newest = number or newest
end

function delay()
    return pause
end

function request()
    if count % 1000 == 0 then look() end
    count = count + 1
    local after = newest
    if count % 5 == 0 then after = math.max(newest - (count / 5) % 4, 1) end
    return "GET " .. path .. "/posts?after=" .. after .. " HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br\r\n\r\n"
end
