// What the log tells of HTTP where its level is debug: the header lines that go and come, without
// secrets, and never a byte of a body.
#pragma once

#include <curl/curl.h>

#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// From now on the transfers of `handle` are logged, "HOST > LINE" and "HOST < LINE". `host`
// outlives them.
void LogHttpHeaders(CURL* handle, const char* host);

// A line of a request's or an answer's head, with the values of headers and query parameters that
// are or may be secrets replaced: what names authorization, a token, a signature, a credential, a
// key or a cookie. The log redacts further what it knows (cache/base/log.h).
std::string HeaderLineForLog(absl::string_view line);

}  // namespace annofs
