// Lifecycle rules of a bucket in S3's words: Expiration hides, NoncurrentVersionExpiration deletes
// what is hidden, AbortIncompleteMultipartUpload cancels (reference/b2.md §1.14).
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "tools/emulator/s3_calls.h"
#include "tools/emulator/s3_error.h"
#include "tools/emulator/s3_settings.h"
#include "tools/emulator/xml_tree.h"
#include "tools/emulator/xml_writer.h"

namespace annofs::emulator {
namespace {

constexpr size_t kMostRules = 100;

struct Period {
  absl::string_view element;
  absl::string_view days;
  std::optional<int64_t> LifecycleRule::*member;
};
constexpr Period kPeriods[] = {
    {"Expiration", "Days", &LifecycleRule::hide_after_upload},
    {"NoncurrentVersionExpiration", "NoncurrentDays", &LifecycleRule::delete_after_hide},
    {"AbortIncompleteMultipartUpload", "DaysAfterInitiation", &LifecycleRule::cancel_after_start},
};

absl::StatusOr<LifecycleRule> ParseRule(const XmlNode& node) {
  if (node.name != "Rule") return S3Error("MalformedXML");
  if (node["Status"].text != "Enabled") {
    return S3Error("NotImplemented", "Only rules that are enabled are supported");
  }
  const XmlNode& filter = node["Filter"];
  if (filter.Has("Tag") || filter.Has("And") || node.Has("Transition")) {
    return S3Error("NotImplemented", "Rules by tags and transitions are not supported");
  }
  LifecycleRule rule{.prefix = node.Has("Prefix") ? node["Prefix"].text : filter["Prefix"].text};
  bool any = false;
  for (const Period& period : kPeriods) {
    const XmlNode& element = node[period.element];
    if (!element.Has(period.days)) continue;
    int64_t days = 0;
    if (!absl::SimpleAtoi(element[period.days].text, &days) || days < 1) {
      return S3Error("InvalidArgument", absl::StrCat(period.days, " must be at least 1"));
    }
    rule.*period.member = days;
    any = true;
  }
  if (!any) return S3Error("InvalidRequest", "At least one action needs to be specified in a rule");
  return rule;
}

void WriteRule(const LifecycleRule& rule, size_t number, XmlWriter& xml) {
  xml.Open("Rule").Text("ID", absl::StrCat("rule-", number));
  xml.Open("Filter").Text("Prefix", rule.prefix).Close();
  xml.Text("Status", "Enabled");
  for (const Period& period : kPeriods) {
    const std::optional<int64_t>& days = rule.*period.member;
    if (days) xml.Open(period.element).Int(period.days, *days).Close();
  }
  xml.Close();
}

absl::Status SetRules(const S3Call& call, std::vector<LifecycleRule> rules) {
  BucketSettings settings = call.bucket->settings();
  settings.lifecycle = std::move(rules);
  return ChangeSettings(*call.bucket, std::move(settings));
}

}  // namespace

absl::StatusOr<Reply> S3GetBucketLifecycle(S3Call& call) {
  std::vector<LifecycleRule> rules = call.bucket->settings().lifecycle;
  if (rules.empty()) return S3Error("NoSuchLifecycleConfiguration");
  XmlWriter xml;
  xml.OpenAnswer("LifecycleConfiguration");
  for (size_t i = 0; i < rules.size(); ++i) WriteRule(rules[i], i + 1, xml);
  return XmlReply(200, xml.Take());
}

absl::StatusOr<Reply> S3PutBucketLifecycle(S3Call& call) {
  ASSIGN_OR_RETURN(XmlNode root, ParseXmlTree(call.body, "LifecycleConfiguration"));
  std::vector<LifecycleRule> rules;
  for (const XmlNode& node : root.children) {
    ASSIGN_OR_RETURN(LifecycleRule rule, ParseRule(node));
    rules.push_back(std::move(rule));
  }
  if (rules.empty() || rules.size() > kMostRules) return S3Error("MalformedXML");
  RETURN_IF_ERROR(SetRules(call, std::move(rules)));
  return Reply();
}

absl::StatusOr<Reply> S3DeleteBucketLifecycle(S3Call& call) {
  RETURN_IF_ERROR(SetRules(call, {}));
  return Reply{.status = 204};
}

}  // namespace annofs::emulator
