#include "tools/doctor/bucket_checks.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/store/excerpt.h"

namespace annofs::doctor {
namespace {

// A bucket has at most 100 rules (reference/b2.md §1.14); whoever answers may say more.
constexpr size_t kMostRules = 100;
constexpr size_t kMostPrefix = 200;
constexpr size_t kMostDate = 40;

// Whether a rule for names that begin with `rule` touches names that begin with `source`.
bool Touches(const std::string& rule, const std::string& source) {
  return absl::StartsWith(source, rule) || absl::StartsWith(rule, source);
}

std::string Days(int64_t days) { return absl::StrCat(days, days == 1 ? " day" : " days"); }

std::string Whose(const LifecycleRule& rule) {
  if (rule.prefix.empty())
    return rule.is_narrowed ? "names that their tags or sizes choose" : "all names";
  const std::string names =
      absl::StrCat("names that begin with '", Excerpt(rule.prefix, kMostPrefix), "'");
  return rule.is_narrowed ? absl::StrCat("some of the ", names, " (chosen by tags or sizes)")
                          : names;
}

// Where versions are kept, what expires is hidden; elsewhere it is gone.
std::string HidingVerb(const Examination& seen) {
  if (!seen.keeps_versions.ok()) return "hides or deletes";
  return *seen.keeps_versions ? "hides" : "deletes";
}

std::string HidingTime(const LifecycleRule& rule) {
  if (rule.days_to_hide) return absl::StrCat(Days(*rule.days_to_hide), " after their upload");
  return absl::StrCat("from ", Excerpt(rule.hide_date, kMostDate), " on");
}

void CheckRules(const Examination& seen, const SourceUrl& url, AreaReport& report) {
  if (!seen.rules.ok()) {
    return report.Unchecked("the lifecycle rules", seen.rules.status().message());
  }
  const size_t before = report.findings.size();
  size_t looked_at = 0;
  for (const LifecycleRule& rule : *seen.rules) {
    if (++looked_at > kMostRules) break;
    if (!Touches(rule.prefix, url.prefix)) continue;
    if (rule.days_to_delete) {
      report.Add(Severity::kWarning, "lifecycle-removes-versions",
                 absl::StrCat("the bucket removes old versions of ", Whose(rule), " after ",
                              Days(*rule.days_to_delete),
                              ": --at does not see them, and a mount that is older reads ESTALE"),
                 "lengthen the rule, or mount anew (or with --follow) more often than that");
    }
    if (rule.days_to_hide || !rule.hide_date.empty()) {
      report.Add(Severity::kWarning, "lifecycle-hides-files",
                 absl::StrCat("the bucket ", HidingVerb(seen), " ", Whose(rule), " ",
                              HidingTime(rule), ": later mounts do not show them"),
                 "remove the rule if the data set is to stay");
    }
  }
  if (looked_at > kMostRules) report.Unchecked("more lifecycle rules", "there are too many");
  if (report.findings.size() == before) report.Fine("no lifecycle rule takes anything away");
}

void CheckVersions(const Examination& seen, AreaReport& report) {
  if (!seen.keeps_versions.ok()) {
    return report.Unchecked("whether it keeps versions", seen.keeps_versions.status().message());
  }
  if (*seen.keeps_versions) return report.Fine("keeps versions");
  report.Add(Severity::kInfo, "versioning-off",
             "the bucket keeps no old versions: --at has nothing to show, and of a file that was "
             "replaced a mount reads ESTALE",
             "switch versioning on, or mount with --follow");
}

void CheckPublic(const Examination& seen, AreaReport& report) {
  if (!seen.is_public.ok()) {
    return report.Unchecked("who may read it", seen.is_public.status().message());
  }
  if (!*seen.is_public) return report.Fine("not public");
  report.Add(Severity::kInfo, "bucket-public", "everybody may read this bucket, without a key",
             "make it private unless it is meant for everybody");
}

}  // namespace

AreaReport CheckBucket(const Examination& seen, const SourceUrl& url) {
  AreaReport report{.area = "bucket"};
  if (!seen.answered.ok() || !seen.admitted.ok()) {
    report.Unchecked("the bucket",
                     seen.answered.ok() ? "the key is not let in" : "the service does not answer");
  } else if (absl::IsNotFound(seen.bucket)) {
    report.Add(Severity::kError, "bucket-missing", std::string(seen.bucket.message()),
               "check the name of the bucket, and which account the key is of: b2 bucket list");
  } else if (absl::IsPermissionDenied(seen.bucket)) {
    report.Add(Severity::kError, "key-not-for-bucket", std::string(seen.bucket.message()),
               "use a key of this bucket, or name a bucket that the key is for");
  } else if (!seen.bucket.ok()) {
    report.Unchecked("the bucket", seen.bucket.message());
  } else {
    report.Fine(absl::StrCat("'", url.bucket, "' is there"));
    CheckPublic(seen, report);
    CheckVersions(seen, report);
    CheckRules(seen, url, report);
  }
  return report;
}

}  // namespace annofs::doctor
