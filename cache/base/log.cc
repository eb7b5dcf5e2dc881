#include "cache/base/log.h"

#include <memory>
#include <mutex>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/json.h"
#include "cache/base/log_file.h"
#include "cache/base/redact.h"
#include "cache/base/status.h"
#include "spdlog/logger.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/sinks/stdout_sinks.h"

namespace annofs {
namespace {

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

class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    const auto level = spdlog::level::to_string_view(message.level);
    JsonWriter json;
    json.BeginObject();
    json.Key("time").String(absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromChrono(message.time),
                                             absl::UTCTimeZone()));
    json.Key("level").String({level.data(), level.size()});
    json.Key("message").String({message.payload.data(), message.payload.size()});
    const std::string text = json.EndObject().Take() + "\n";
    line.append(text.data(), text.data() + text.size());
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

// The mutex is for the formatter, which keeps the time of the line before.
class FileSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FileSink(std::shared_ptr<LogFile> file) : file_(std::move(file)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    file_->Write({line.data(), line.size()});
  }
  void flush_() override {}

  const std::shared_ptr<LogFile> file_;
};

std::unique_ptr<spdlog::formatter> FormatterOf(LogFormat format) {
  if (format == LogFormat::kJson) return std::make_unique<JsonFormatter>();
  return std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %l %v",
                                                     spdlog::pattern_time_type::utc);
}

// A log, and what of it is a file.
struct Destination {
  std::shared_ptr<spdlog::logger> logger;
  std::shared_ptr<LogFile> file;  // null: stderr
  LogFormat format = LogFormat::kText;
};

Destination MakeDestination(spdlog::sink_ptr sink, const LogOptions& options) {
  auto logger = std::make_shared<spdlog::logger>("annofs", std::move(sink));
  logger->set_formatter(FormatterOf(options.format));
  logger->set_level(SpdlogLevel(options.level));
  logger->flush_on(spdlog::level::trace);
  return {.logger = std::move(logger), .format = options.format};
}

Destination Stderr(const LogOptions& options) {
  return MakeDestination(std::make_shared<spdlog::sinks::stderr_sink_mt>(), options);
}

absl::StatusOr<Destination> File(const LogOptions& options) {
  ASSIGN_OR_RETURN(std::shared_ptr<LogFile> file, LogFile::Open(options.file));
  Destination destination = MakeDestination(std::make_shared<FileSink>(file), options);
  destination.file = std::move(file);
  return destination;
}

// Where the log goes and what it hides. A log serves the whole process and must work in every
// thread until the end: hence the one static object of the library, and one never destroyed.
class LogState {
 public:
  Destination destination() const {
    absl::ReaderMutexLock lock(&mutex_);
    return destination_;
  }
  void set_destination(Destination destination) {
    absl::MutexLock lock(&mutex_);
    destination_ = std::move(destination);
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
  Destination destination_ ABSL_GUARDED_BY(mutex_) = Stderr({.level = LogLevel::kWarning});
  std::shared_ptr<const Secrets> secrets_ ABSL_GUARDED_BY(mutex_) =
      std::make_shared<const Secrets>();
};

LogState& State() {
  static LogState* const state = new LogState;
  return *state;
}

// As the format writes it: JSON escapes control bytes by itself.
std::string Hidden(absl::string_view message, LogFormat format) {
  return format == LogFormat::kJson ? RedactText(message, *State().secrets()) : Redact(message);
}

}  // namespace

absl::Status StartLog(const LogOptions& options) {
  absl::StatusOr<Destination> destination = options.file.empty() ? Stderr(options) : File(options);
  if (!destination.ok()) return destination.status();
  State().set_destination(*std::move(destination));
  return absl::OkStatus();
}

absl::Status ReopenLog() {
  const std::shared_ptr<LogFile> file = State().destination().file;
  return file == nullptr ? absl::OkStatus() : file->Reopen();
}

absl::StatusOr<LogLevel> ParseLogLevel(absl::string_view name) {
  if (name == "debug") return LogLevel::kDebug;
  if (name == "info") return LogLevel::kInfo;
  if (name == "warning") return LogLevel::kWarning;
  if (name == "error") return LogLevel::kError;
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is not a log level: debug, info, warning or error"));
}

absl::StatusOr<LogFormat> ParseLogFormat(absl::string_view name) {
  if (name == "text") return LogFormat::kText;
  if (name == "json") return LogFormat::kJson;
  return absl::InvalidArgumentError(
      absl::StrCat("'", name, "' is not a format of the log: text or json"));
}

void Log(LogLevel level, absl::string_view message) {
  const Destination to = State().destination();
  if (!to.logger->should_log(SpdlogLevel(level))) return;
  to.logger->log(SpdlogLevel(level), spdlog::string_view_t(Hidden(message, to.format)));
}

void LogAsked(absl::string_view message) {
  const Destination to = State().destination();
  const std::string text = Hidden(message, to.format);
  const spdlog::details::log_msg line("annofs", spdlog::level::info, text);
  for (const spdlog::sink_ptr& sink : to.logger->sinks()) {
    sink->log(line);
    sink->flush();
  }
}

bool IsLogged(LogLevel level) {
  return State().destination().logger->should_log(SpdlogLevel(level));
}

void RedactInLog(absl::string_view secret) { State().AddSecret(secret); }

std::string Redact(absl::string_view message) {
  return EscapeControls(RedactText(message, *State().secrets()));
}

}  // namespace annofs
