-- Sends prepared requests, one after the other, over and over.
--
--   wrk -s drive.lua URL -- FILE REVISION FORM
--
-- FILE has a request a line: method, path, cookie, token, content type, body, with tabs between. "@@@@@@" in a
-- body is the revision, which rises with each time through the file. FORM "again" starts the file anew at its end,
-- "once" stops there, and looks at each status.

local prepared, place, revision, once = {}, 0, 0, false
counted = {}  -- read by done(), so a global of this thread

local function split(line)
  local fields = {}
  for field in (line .. "\t"):gmatch("(.-)\t") do fields[#fields + 1] = field end
  return unpack(fields)
end

function init(args)
  revision, once = tonumber(args[2]), args[3] == "once"
  for line in io.lines(args[1]) do
    local method, path, cookie, token, kind, body = split(line)
    local headers = { ["Cookie"] = cookie, ["Accept"] = "application/json" }
    if token ~= "" then headers["X-CSRFToken"] = token end
    if kind ~= "" then headers["Content-Type"] = kind end
    local raw = wrk.format(method, path, headers, body ~= "" and body or nil)
    local mark = raw:find("@@@@@@", 1, true)
    prepared[#prepared + 1] = mark and { raw:sub(1, mark - 1), raw:sub(mark + 6) } or raw
  end
  if once then response = count end
end

function request()
  place = place + 1
  if place > #prepared then
    if once then wrk.thread:stop() end
    place, revision = 1, revision + 1
  end
  local next = prepared[place]
  if type(next) == "string" then return next end
  return next[1] .. string.format("%06d", revision) .. next[2]
end

function count(status)
  counted[status] = (counted[status] or 0) + 1
end

local threads = {}

function setup(thread)
  threads[#threads + 1] = thread
end

function done(summary, latency, requests)
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("\nFIGURES %d %d %d %d\n", summary.duration, summary.requests, errors.status, lost))
  for _, thread in ipairs(threads) do
    for status, times in pairs(thread:get("counted")) do
      io.write(string.format("STATUS %d %d\n", status, times))
    end
  end
  for i = 1, #latency do
    local value, times = latency(i)
    io.write(string.format("LATENCY %d %d\n", value, times))
  end
end
