// The program's log (spdlog): one line per event, secrets redacted. Thread safe.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

enum class LogLevel { kDebug, kInfo, kWarning, kError };

// kText: "2026-05-01T12:00:00.123Z info MESSAGE". kJson: one object a line,
// {"time":"2026-05-01T12:00:00.123Z","level":"info","message":"MESSAGE"}.
enum class LogFormat { kText, kJson };

struct LogOptions {
  std::string file;  // empty: stderr
  LogLevel level = LogLevel::kInfo;
  LogFormat format = LogFormat::kText;
};

// Where the log goes from now on. Error: the file cannot be opened. Before the first call: stderr,
// kWarning. Several processes may write one file: each line is appended as a whole.
absl::Status StartLog(const LogOptions& options);
// Opens the file of StartLog() by its name again, as when it was renamed to be kept; nothing for
// stderr. Error: it cannot be opened; the log goes on in the file that was open.
absl::Status ReopenLog();
absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view name);    // debug info warning error
absl::StatusOr<LogFormat> ParseLogFormat(absl::string_view name);  // text json

void Log(LogLevel level, absl::string_view message);
// As kInfo, whatever the level is: what somebody has asked for.
void LogAsked(absl::string_view message);
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
// signatures replaced, and control bytes escaped (a log line is one line; JSON escapes them by
// itself).
std::string Redact(absl::string_view message);

}  // namespace annofs
