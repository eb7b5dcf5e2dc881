#include "tools/doctor/service_checks.h"

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "cache/base/log.h"

namespace annofs::doctor {
namespace {

constexpr absl::Duration kNoticed = absl::Seconds(60);
constexpr absl::Duration kS3Refuses = absl::Minutes(15);  // reference/b2.md §4.3

constexpr absl::string_view kTimeout = "Timeout was reached";

// Of those whose words the message has the first counts.
struct Cause {
  absl::string_view words;
  absl::string_view id;
  absl::string_view remedy;
};
constexpr Cause kCauses[] = {
    {"certificate has expired", "certificate-expired",
     "renew the server's certificate; or this machine's clock is wrong: timedatectl"},
    {"certificate is not yet valid", "certificate-expired",
     "this machine's clock is behind, or the certificate is for later: timedatectl"},
    {"no alternative certificate subject name", "certificate-other-name",
     "the certificate is of another host: check --endpoint, and whether a proxy answers"},
    {"does not match target host name", "certificate-other-name",
     "the certificate is of another host: check --endpoint, and whether a proxy answers"},
    {"error setting certificate", "ca-file-unusable",
     "--ca-file must be a readable file of certificates in PEM"},
    {"SSL certificate problem", "certificate-not-trusted",
     "--ca-file FILE with the certificate of who signed it; apt-get install ca-certificates "
     "where the system's are missing"},
    {"Could not resolve host", "name-not-resolved",
     "check --endpoint and --region, and the name server: getent hosts HOST"},
    {"Couldn't connect to server", "connection-failed",
     "nothing listens there, or no way leads there: check host and port of --endpoint, and "
     "firewalls"},
    {"imed out", "connection-timed-out",
     "a firewall or proxy may swallow it: check the way to HOST, and https_proxy"},
    {kTimeout, "connection-timed-out",
     "a firewall or proxy may swallow it: check the way to HOST, and https_proxy"},
    {"wrong version number", "endpoint-not-tls",
     "what listens there does not speak TLS: check the scheme and port of --endpoint"},
};

// "host" of "host:port"; an address of IPv6 stays as it is.
absl::string_view WithoutPort(absl::string_view host) {
  const bool has_port = absl::c_count(host, ':') == 1;
  return has_port ? host.substr(0, host.find(':')) : host;
}

std::string AheadText(absl::Duration ahead) {
  const double seconds = absl::ToDoubleSeconds(absl::AbsDuration(ahead));
  return absl::StrFormat("%.0f s %s", seconds,
                         ahead < absl::ZeroDuration() ? "behind" : "ahead of");
}

void CheckClock(const Examination& seen, SourceUrl::Kind kind, AreaReport& report) {
  if (!seen.clock_ahead) {
    return report.Unchecked("this machine's clock", "the service does not tell the time");
  }
  const absl::Duration off = absl::AbsDuration(*seen.clock_ahead);
  if (off < kNoticed) return report.Fine("the clocks agree within a minute");
  const bool is_refused = kind == SourceUrl::Kind::kS3 && off >= kS3Refuses;
  report.Add(
      is_refused ? Severity::kError : Severity::kWarning, "clock-skew",
      absl::StrCat("this machine's clock is ", AheadText(*seen.clock_ahead), " that of ", seen.host,
                   kind == SourceUrl::Kind::kS3
                       ? ": requests that are signed 15 minutes off are refused"
                       : ": the end of keys, and --at, are told wrongly"),
      "timedatectl set-ntp true");
}

}  // namespace

Finding ConnectionFinding(absl::string_view host, const absl::Status& error) {
  const std::string name(WithoutPort(host));
  absl::string_view message = error.message();
  absl::ConsumePrefix(&message, absl::StrCat(name, ": "));
  Finding finding{.severity = Severity::kError,
                  .id = "service-unreachable",
                  .evidence = Redact(absl::StrCat("no answer from ", host, ": ", message)),
                  .remedy = "check --endpoint, and the network"};
  if (absl::IsInvalidArgument(error)) {
    finding.id = "endpoint-unusable";
    finding.remedy = "correct --endpoint, --region or --addressing";
  }
  if (absl::IsDeadlineExceeded(error)) message = kTimeout;
  for (const Cause& cause : kCauses) {
    if (!absl::StrContains(message, cause.words)) continue;
    finding.id = std::string(cause.id);
    finding.remedy = absl::StrReplaceAll(cause.remedy, {{"HOST", name}});
    break;
  }
  return finding;
}

AreaReport CheckService(const Examination& seen, SourceUrl::Kind kind) {
  AreaReport report{.area = "service"};
  if (!seen.answered.ok()) {
    report.findings.push_back(ConnectionFinding(seen.host, seen.answered));
    return report;
  }
  report.Fine(absl::StrCat(seen.host, " answers"));
  CheckClock(seen, kind, report);
  return report;
}

}  // namespace annofs::doctor
