// The program's log (spdlog): one line per event, secrets redacted. Thread safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

struct LogOptions {
  std::string file;  // empty: stderr
  LogLevel level = LogLevel::kInfo;
};

// Where the log goes from now on. Error: the file cannot be opened. Before the first call: stderr,
// kWarning.
absl::Status StartLog(const LogOptions& options);
absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view name);  // debug info warning error

void Log(LogLevel level, absl::string_view message);
// Whether a message of this level is written: for messages that cost something to make.
bool IsLogged(LogLevel level);
inline void LogDebug(absl::string_view message) { Log(LogLevel::kDebug, message); }
inline void LogInfo(absl::string_view message) { Log(LogLevel::kInfo, message); }
inline void LogWarning(absl::string_view message) { Log(LogLevel::kWarning, message); }
inline void LogError(absl::string_view message) { Log(LogLevel::kError, message); }

// From now on this text, and its percent-encoded and base64 forms, appear as "[redacted]" in the
// log. Texts of fewer than 8 bytes are ignored.
void RedactInLog(absl::string_view secret);
// `message` with registered secrets, Authorization values, `Authorization=` query values and SigV4
// signatures replaced, and control bytes escaped (a log line is one line).
std::string Redact(absl::string_view message);

}  // namespace annofs
