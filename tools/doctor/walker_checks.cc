#include "tools/doctor/walker_checks.h"

#include <algorithm>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "formats/export_names.h"

namespace annofs::doctor {
namespace {

constexpr absl::string_view kType = "fuse.annofs";
constexpr size_t kMostProcesses = 20000;

// A program, how it is known, and how it is kept out of MOUNTPOINT.
struct Agent {
  absl::string_view name;
  absl::string_view finding;
  std::vector<absl::string_view> processes;  // as in /proc/PID/comm: at most 15 bytes
  std::vector<absl::string_view> units;      // how names of unit and cron files begin
  absl::string_view remedy;
};

const std::vector<Agent>& Agents() {
  static const auto* const agents = new std::vector<Agent>{
      {"restic", "backup-agent", {"restic"}, {"restic"}, "restic backup --exclude MOUNTPOINT"},
      {"borg",
       "backup-agent",
       {"borg", "borgmatic"},
       {"borg"},
       "borg create --exclude MOUNTPOINT (borgmatic: exclude_patterns, or one_file_system: true)"},
      {"duplicity",
       "backup-agent",
       {"duplicity"},
       {"duplicity", "duply"},
       "duplicity --exclude MOUNTPOINT, or --exclude-other-filesystems"},
      {"rsnapshot",
       "backup-agent",
       {"rsnapshot"},
       {"rsnapshot"},
       "/etc/rsnapshot.conf: exclude MOUNTPOINT, or one_fs 1"},
      {"kopia",
       "backup-agent",
       {"kopia"},
       {"kopia"},
       "kopia policy set --one-file-system=true --global"},
      {"Bareos",
       "backup-agent",
       {"bareos-fd"},
       {"bareos-fd", "bareos-filedaemon"},
       "in the FileSet: Exclude { File = MOUNTPOINT }, or Options { onefs = yes }"},
      {"Bacula",
       "backup-agent",
       {"bacula-fd"},
       {"bacula-fd"},
       "in the FileSet: Exclude { File = MOUNTPOINT }, or Options { onefs = yes }"},
      {"Tracker",
       "indexing-agent",
       {"tracker-miner-f", "localsearch-3"},
       {"tracker-miner-fs", "localsearch"},
       "keep MOUNTPOINT out of what it indexes: gsettings get "
       "org.freedesktop.Tracker3.Miner.Files index-recursive-directories"},
      {"Baloo",
       "indexing-agent",
       {"baloo_file", "baloo_file_extr"},
       {"kde-baloo", "baloo"},
       "balooctl config add excludeFolders MOUNTPOINT"},
      {"ClamAV",
       "virus-scanner",
       {"clamd", "clamonacc", "clamscan"},
       {"clamav-daemon", "clamav-clamonacc"},
       "/etc/clamav/clamd.conf: ExcludePath ^MOUNTPOINT/ and OnAccessExcludePath MOUNTPOINT"},
  };
  return *agents;
}

bool HasUnit(const Agent& agent, const std::vector<std::string>& units) {
  return absl::c_any_of(units, [&agent](const std::string& unit) {
    return absl::c_any_of(
        agent.units, [&unit](absl::string_view start) { return absl::StartsWith(unit, start); });
  });
}

bool IsRunning(const Agent& agent, const std::vector<std::string>& running) {
  return absl::c_any_of(agent.processes, [&running](absl::string_view process) {
    return absl::c_linear_search(running, process);
  });
}

void CheckUpdatedb(const WalkerFacts& facts, AreaReport& report) {
  if (!facts.has_updatedb) return report.Fine("no updatedb");
  const auto left_out = UpdatedbWords(facts.updatedb_conf, "PRUNEFS");
  const bool has_line = left_out.has_value();
  const bool is_left_out = has_line && absl::c_any_of(*left_out, [](const std::string& type) {
                             return absl::EqualsIgnoreCase(type, kType);
                           });
  if (is_left_out) return report.Fine("updatedb leaves annofs mounts out");
  report.Add(
      Severity::kWarning, "updatedb-walks-mounts",
      absl::StrCat("/etc/updatedb.conf: ", has_line ? "PRUNEFS has no " : "no PRUNEFS with ", kType,
                   ": updatedb lists every directory of a mount each day"),
      has_line
          ? absl::StrCat("as root: sed -i 's/^ *PRUNEFS *= *\"/&", kType, " /' /etc/updatedb.conf")
          : absl::StrCat("as root: echo 'PRUNEFS=\"", kType, "\"' >> /etc/updatedb.conf"));
}

void CheckAgents(const WalkerFacts& facts, AreaReport& report) {
  const std::string place = facts.mountpoint.empty() ? "MOUNTPOINT" : ShellWord(facts.mountpoint);
  const size_t before = report.findings.size();
  for (const Agent& agent : Agents()) {
    const bool is_running = IsRunning(agent, facts.running);
    if (!is_running && !HasUnit(agent, facts.units)) continue;
    report.Add(Severity::kInfo, agent.finding,
               absl::StrCat(agent.name, is_running ? " is running" : " is installed",
                            ": if it takes in a mountpoint, it fetches the whole bucket"),
               absl::StrReplaceAll(agent.remedy, {{"MOUNTPOINT", place}}));
  }
  if (report.findings.size() == before) report.Fine("no backup, indexing or scanning agent known");
}

void AddFiles(const HostFiles& host, absl::string_view directory, WalkerFacts& facts) {
  for (std::string& name : host.List(directory)) facts.units.push_back(std::move(name));
}

}  // namespace

std::optional<std::vector<std::string>> UpdatedbWords(absl::string_view conf,
                                                      absl::string_view variable) {
  std::optional<std::vector<std::string>> words;
  for (absl::string_view line : absl::StrSplit(conf, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (!absl::ConsumePrefix(&line, variable)) continue;
    line = absl::StripAsciiWhitespace(line);
    if (!absl::ConsumePrefix(&line, "=")) continue;
    line = absl::StripAsciiWhitespace(line);
    if (absl::ConsumePrefix(&line, "\"")) line = line.substr(0, line.find('"'));
    words.emplace(absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty()));
  }
  return words;
}

WalkerFacts GatherWalkers(const HostFiles& host) {
  WalkerFacts facts;
  const std::optional<std::string> conf = host.Read("/etc/updatedb.conf");
  facts.updatedb_conf = conf.value_or("");
  facts.has_updatedb = conf.has_value();
  for (const char* program : {"updatedb", "updatedb.plocate", "updatedb.mlocate"}) {
    if (host.FindProgram(program, "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")) {
      facts.has_updatedb = true;
    }
  }
  size_t processes = 0;
  for (const std::string& name : host.List("/proc")) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(name[0]))) continue;
    if (++processes > kMostProcesses) break;
    const std::string comm = host.Read(absl::StrCat("/proc/", name, "/comm")).value_or("");
    facts.running.emplace_back(absl::StripSuffix(comm, "\n"));
  }
  for (const char* directory :
       {"/etc/systemd/system", "/lib/systemd/system", "/usr/lib/systemd/user", "/etc/systemd/user",
        "/etc/cron.d", "/etc/cron.daily", "/etc/cron.weekly"}) {
    AddFiles(host, directory, facts);
  }
  return facts;
}

AreaReport CheckWalkers(const WalkerFacts& facts) {
  AreaReport report{.area = "walkers"};
  CheckUpdatedb(facts, report);
  CheckAgents(facts, report);
  return report;
}

}  // namespace annofs::doctor
