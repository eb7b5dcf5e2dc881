// What the command line and `-o` say. Plain values; the option table (tools/options.h) fills them.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cache/store/stores.h"
#include "tools/environment.h"

namespace annofs {

// Where an option was said.
struct GivenOption {
  std::string origin;   // for people; "": on the command line
  bool is_off = false;  // of a switch: said not to be
};

struct Settings {
  std::map<std::string, GivenOption, std::less<>> given;  // by name
  Variables environment;                                  // as TakeEnvironment() gave it
  std::string cache;                                      // empty: DefaultCacheDir()
  uint64_t cache_size = uint64_t{10} << 30;
  uint64_t memory = uint64_t{256} << 20;
  std::string credentials;
  std::string endpoint;
  std::string region;
  std::optional<S3Addressing> addressing;
  bool allow_http = false;
  std::optional<absl::Time> at;
  std::string ca_file;
  std::vector<std::string> annotations;
  std::string config;
  std::string config_text;  // of that file, if it names datasets
  bool no_views = false;
  std::string views_name = "views";
  bool offline = false;
  std::optional<uint64_t> snapshot;
  std::optional<absl::Duration> index_age;  // none: an index of any age is used
  absl::Duration follow;                    // 0: frozen
  std::string scratch;                      // empty: read-only
  bool asks_writable = false;               // -o rw
  bool asks_read_only = false;              // -o ro
  bool allow_other = false;
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  uint32_t umask = 0222;
  uint32_t scratch_umask = 022;  // the same with --scratch: what may be written says so
  std::optional<int> connections;
  double request_rate = 0;
  absl::Duration timeout = absl::Seconds(60);
  std::string log_file;
  std::string log_level = "info";
  std::string log_format = "text";
  std::string metrics;   // empty: not served
  double daily_cap = 0;  // 0: none
  bool xattr = false;
  bool foreground = false;
  bool lazy = false;
  bool json = false;
  bool long_format = false;
  std::string view;
  std::string format;
  std::string dataset;
  std::string output;
  std::string images = "copy";
  bool force = false;
  std::string export_file;
  std::string import_file;
  std::string order;
  bool pin = false;
  bool dry_run = false;
  int depth = 0;  // 0: no limit
  std::string fail_on = "error";
  std::string html;
  absl::Duration watch;  // 0: once
  absl::Duration duration = absl::Seconds(10);
  bool access_log = false;
};

}  // namespace annofs
