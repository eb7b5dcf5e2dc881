#include "cache/base/log.h"

#include <memory>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/redact.h"
#include "spdlog/logger.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/basic_file_sink.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace annofs {
namespace {

using Logger = std::shared_ptr<spdlog::logger>;

spdlog::level::level_enum SpdlogLevel(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return spdlog::level::debug;
    case LogLevel::kInfo:
      return spdlog::level::info;
    case LogLevel::kWarning:
      return spdlog::level::warn;
    case LogLevel::kError:
      break;
  }
  return spdlog::level::err;
}

Logger MakeLogger(spdlog::sink_ptr sink, LogLevel level) {
  auto logger = std::make_shared<spdlog::logger>("annofs", std::move(sink));
  logger->set_formatter(std::make_unique<spdlog::pattern_formatter>(
      "%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc));
  logger->set_level(SpdlogLevel(level));
  logger->flush_on(spdlog::level::trace);
  return logger;
}

Logger StderrLogger(LogLevel level) {
  return MakeLogger(std::make_shared<spdlog::sinks::stderr_sink_mt>(), level);
}

absl::StatusOr<Logger> FileLogger(const LogOptions& options) {
  try {
    return MakeLogger(std::make_shared<spdlog::sinks::basic_file_sink_mt>(options.file),
                      options.level);
  } catch (const spdlog::spdlog_ex& error) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot write the log file '", options.file, "': ", error.what()));
  }
}

// Where the log goes and what it hides. A log serves the whole process and must work in every
// thread until the end: hence the one static object of the library, and one never destroyed.
class LogState {
 public:
  Logger logger() const {
    absl::ReaderMutexLock lock(&mutex_);
    return logger_;
  }
  void set_logger(Logger logger) {
    absl::MutexLock lock(&mutex_);
    logger_ = std::move(logger);
  }
  std::shared_ptr<const Secrets> secrets() const {
    absl::ReaderMutexLock lock(&mutex_);
    return secrets_;
  }
  void AddSecret(absl::string_view secret) {
    absl::MutexLock lock(&mutex_);
    secrets_ = WithSecret(*secrets_, secret);
  }

 private:
  mutable absl::Mutex mutex_;
  Logger logger_ ABSL_GUARDED_BY(mutex_) = StderrLogger(LogLevel::kWarning);
  std::shared_ptr<const Secrets> secrets_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const Secrets>();
};

LogState& State() {
  static LogState* const state = new LogState;
  return *state;
}

}  // namespace

absl::Status StartLog(const LogOptions& options) {
  absl::StatusOr<Logger> logger =
      options.file.empty() ? StderrLogger(options.level) : FileLogger(options);
  if (!logger.ok()) return logger.status();
  State().set_logger(*std::move(logger));
  return absl::OkStatus();
}

absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is not a log level: debug, info, warning or error"));
}

void Log(LogLevel level, absl::string_view message) {
  const Logger logger = State().logger();
  if (!logger->should_log(SpdlogLevel(level))) return;
  logger->log(SpdlogLevel(level), spdlog::string_view_t(Redact(message)));
}

bool IsLogged(LogLevel level) { return State().logger()->should_log(SpdlogLevel(level)); }

void RedactInLog(absl::string_view secret) { State().AddSecret(secret); }

std::string Redact(absl::string_view message) {
  return EscapeControls(RedactText(message, *State().secrets()));
}

}  // namespace annofs
