// What the tests of the checks share: the ids of a report, and a host made of files.
#pragma once

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/doctor/host_files.h"
#include "tools/doctor/report.h"

namespace annofs::testing {

inline std::vector<std::string> Ids(const doctor::AreaReport& report) {
  std::vector<std::string> ids;
  for (const doctor::Finding& finding : report.findings) ids.push_back(finding.id);
  return ids;
}

// "error" … of the finding with that id; "" where it is absent.
inline std::string SeverityOf(const doctor::AreaReport& report, absl::string_view id) {
  const doctor::Finding* finding = doctor::FindFinding(report, id);
  return finding == nullptr ? "" : std::string(doctor::SeverityName(finding->severity));
}
inline std::string EvidenceOf(const doctor::AreaReport& report, absl::string_view id) {
  const doctor::Finding* finding = doctor::FindFinding(report, id);
  return finding == nullptr ? "" : finding->evidence;
}
inline std::string RemedyOf(const doctor::AreaReport& report, absl::string_view id) {
  const doctor::Finding* finding = doctor::FindFinding(report, id);
  return finding == nullptr ? "" : finding->remedy;
}

class MadeUpHost {
 public:
  void Put(const std::string& path, absl::string_view text) {
    ASSERT_TRUE(WriteFile(directory_.path() + path, text).ok()) << path;
  }
  std::string Path(const std::string& path) const { return directory_.path() + path; }
  doctor::HostFiles files() const { return doctor::HostFiles(directory_.path()); }

 private:
  TempDir directory_;
};

}  // namespace annofs::testing
