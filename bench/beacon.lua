-- SPDX-License-Identifier: Apache-2.0
-- wrk: beacons of readers of their own, as a proxy would tell their addresses.
-- Arguments: the article's id.
local reader = 0
local head, tail

function init(args)
    head = "POST /views/" .. args[1] .. " HTTP/1.1\r\nHost: localhost\r\n" ..
        "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 " ..
        "(KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36\r\n" ..
        "Accept: */*\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n" ..
        "Accept-Language: en-GB,en;q=0.9\r\nOrigin: http://localhost\r\n" ..
        "Sec-Fetch-Site: same-origin\r\nX-Forwarded-For: "
    tail = "\r\nContent-Length: 0\r\n\r\n"
end

function request()
    reader = reader + 1
    local r = reader
    return head .. (11 + math.floor(r / 16777216)) .. "." .. math.floor(r / 65536) % 256 .. "." ..
        math.floor(r / 256) % 256 .. "." .. r % 256 .. tail
end
