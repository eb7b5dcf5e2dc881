#include "tools/doctor/key_checks.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/store/excerpt.h"
#include "formats/export_names.h"
#include "tools/people.h"

namespace annofs::doctor {
namespace {

constexpr absl::Duration kSoon = absl::Hours(24 * 7);
constexpr size_t kMostNamed = 8;

// The `b2` tool's command that makes a key which reads this source and no more.
std::string NarrowKeyCommand(const SourceUrl& url) {
  std::string command = absl::StrCat("b2 key create --bucket ", ShellWord(url.bucket));
  if (!url.prefix.empty()) absl::StrAppend(&command, " --name-prefix ", ShellWord(url.prefix));
  return absl::StrCat(command, " annofs-read listBuckets,readBuckets,listFiles,readFiles");
}

void CheckNeeded(const B2Account& account, const SourceUrl& url, AreaReport& report) {
  std::vector<std::string> missing;
  for (const char* capability : {"listFiles", "readFiles"}) {
    if (!account.Can(capability)) missing.emplace_back(capability);
  }
  const bool is_named = !KnownBucketId(account, url.bucket).empty();
  if (!is_named && !account.Can("listBuckets") && !account.Can("listAllBucketNames")) {
    missing.emplace_back("listBuckets");
  }
  if (missing.empty()) return report.Fine("the key may do what a mount needs");
  report.Add(Severity::kError, "key-lacks-capability",
             absl::StrCat("the key lacks ", absl::StrJoin(missing, ", ")), NarrowKeyCommand(url));
}

void CheckNeedless(const B2Account& account, const SourceUrl& url, AreaReport& report) {
  std::vector<std::string> needless = NeedlessCapabilities(account);
  if (needless.empty()) return report.Fine("and no more");
  const size_t count = needless.size();
  if (count > kMostNamed) needless.resize(kMostNamed);
  report.Add(Severity::kWarning, "key-can-do-more",
             absl::StrCat("this key can do more than it needs: ", absl::StrJoin(needless, ", "),
                          count > needless.size() ? ", …" : ""),
             NarrowKeyCommand(url));
}

void CheckReach(const B2Account& account, const SourceUrl& url, AreaReport& report) {
  if (!account.buckets.has_value()) {
    report.Add(Severity::kInfo, "key-for-all-buckets", "this key reads every bucket of the account",
               NarrowKeyCommand(url));
  }
  const absl::StatusOr<std::string> root = B2Root(account, url.bucket, url.prefix);
  if (!root.ok()) {
    return report.Add(Severity::kError, "key-not-for-prefix", std::string(root.status().message()),
                      absl::StrCat("name b2://", url.bucket, " to mount what it reads"));
  }
  if (account.name_prefix.empty()) return;
  report.Add(
      Severity::kInfo, "key-for-prefix-only",
      absl::StrCat("this key reads only names that begin with '", Excerpt(account.name_prefix), "'",
                   url.prefix.empty() ? ": that directory is the root of the mount" : ""),
      "");
}

void CheckExpiry(const B2Account& account, const SourceUrl& url, absl::Time now,
                 AreaReport& report) {
  if (!account.expires) return report.Fine("the key does not expire");
  const std::string when =
      absl::FormatTime("%Y-%m-%d %H:%M UTC", *account.expires, absl::UTCTimeZone());
  if (*account.expires <= now) {
    report.Add(Severity::kError, "key-expired", absl::StrCat("the key has expired at ", when),
               NarrowKeyCommand(url));
  } else if (*account.expires - now < kSoon) {
    report.Add(Severity::kWarning, "key-expires-soon",
               absl::StrCat("the key expires in ", RoughTime(*account.expires - now), ", at ", when,
                            ": what is not cached cannot be read afterwards"),
               NarrowKeyCommand(url));
  } else {
    report.Fine(absl::StrCat("the key is good until ", when));
  }
}

// Why nobody was let in.
void CheckRefusal(const absl::Status& error, const SourceUrl& url, AreaReport& report) {
  const bool is_b2 = url.kind == SourceUrl::Kind::kB2;
  const std::string evidence(error.message());
  if (absl::IsUnauthenticated(error)) {
    report.Add(Severity::kError, "key-refused", evidence,
               is_b2 ? "check B2_APPLICATION_KEY_ID and B2_APPLICATION_KEY, and that the key has "
                       "neither expired nor been deleted: b2 key list"
                     : "check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and --endpoint");
  } else if (absl::IsPermissionDenied(error)) {
    report.Add(Severity::kError, is_b2 ? "account-refused" : "key-may-not-list", evidence,
               is_b2 ? "see the account's page of the service"
                     : "give it the right to list (AWS: s3:ListBucket, B2: listFiles), or name the "
                       "prefix that it may list");
  } else if (absl::IsResourceExhausted(error)) {
    report.Add(Severity::kError, "cap-reached", evidence,
               "raise the account's caps; B2's daily ones begin anew at 00:00 UTC");
  } else {
    report.Add(Severity::kError, "service-fails", evidence,
               is_b2 ? "check --endpoint, and the state of the service"
                     : "check --endpoint, --region and --addressing, and the state of the service");
  }
}

void CheckB2Key(const B2Account& account, const SourceUrl& url, absl::Time now,
                AreaReport& report) {
  CheckNeeded(account, url, report);
  CheckNeedless(account, url, report);
  CheckReach(account, url, report);
  CheckExpiry(account, url, now, report);
}

}  // namespace

std::vector<std::string> NeedlessCapabilities(const B2Account& account) {
  std::vector<std::string> needless;
  for (const std::string& capability : account.capabilities) {
    const bool changes = absl::StartsWith(capability, "write") ||
                         absl::StartsWith(capability, "delete") ||
                         absl::StartsWith(capability, "bypass");
    if (changes || capability == "listKeys" || capability == "shareFiles") {
      needless.push_back(capability);
    }
  }
  return needless;
}

AreaReport CheckKey(const Examination& seen, const SourceUrl& url, const absl::Status& keys,
                    absl::Time now) {
  AreaReport report{.area = "key"};
  if (!keys.ok()) {
    report.Add(Severity::kError, "key-missing", std::string(keys.message()),
               "annofs help doctor; annofs(1), CREDENTIALS");
  } else if (!seen.answered.ok()) {
    report.Unchecked("the key", "the service does not answer");
  } else if (!seen.admitted.ok()) {
    CheckRefusal(seen.admitted, url, report);
  } else if (seen.account) {
    CheckB2Key(*seen.account, url, now, report);
  } else {
    report.Fine("the key may list the bucket");
    report.Unchecked("what else the key may do, and how long", "S3 does not tell");
  }
  return report;
}

}  // namespace annofs::doctor
