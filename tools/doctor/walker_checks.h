// Programs that walk all of a host's files, and so would fetch a whole bucket: updatedb, backup and
// indexing agents, virus scanners.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tools/doctor/host_files.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

struct WalkerFacts {
  bool has_updatedb = false;         // a program, or its configuration
  std::string updatedb_conf;         // the text of /etc/updatedb.conf
  std::vector<std::string> running;  // /proc/PID/comm
  std::vector<std::string> units;    // files of systemd and cron: "clamav-daemon.service"
  std::string mountpoint;            // of a mount of this host; "" if there is none
};

WalkerFacts GatherWalkers(const HostFiles& host);
AreaReport CheckWalkers(const WalkerFacts& facts);

// The words of a variable of updatedb.conf: PRUNEFS = "NFS nfs4". Nothing: it has no such line.
std::optional<std::vector<std::string>> UpdatedbWords(absl::string_view conf,
                                                      absl::string_view variable);

}  // namespace annofs::doctor
