#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/store/b2_listing.h"
#include "cache/store/b2_name_after.h"
#include "cache/store/b2_session.h"
#include "cache/store/b2_versions.h"
#include "cache/store/list_page.h"
#include "cache/store/metered_http.h"
#include "cache/store/range.h"
#include "cache/store/range_download.h"
#include "cache/store/source_name.h"
#include "cache/store/stores.h"
#include "cache/store/waiting.h"

namespace annofs {
namespace {

class B2Store : public ObjectStore {
 public:
  B2Store(const SourceUrl& url, const StoreOptions& options, Counters& counters)
      : bucket_(url.bucket),
        http_({.ca_file = options.ca_file,
               .plain_http = options.plain_http,
               .connections = options.connections},
              counters),
        session_(http_, url, options) {}

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override;
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override;
  absl::Status Connect(const CallContext& context) override {
    RETURN_IF_ERROR(MayWait(context));
    return session_.Connect(context).status();
  }
  std::string name() const override {
    return JoinPath(absl::StrCat("b2://", bucket_), absl::StripSuffix(session_.root(), "/"));
  }
  std::string identity() const override {
    return session_.is_default_realm() ? name() : NameAtEndpoint(name(), session_.endpoint());
  }

 private:
  const std::string bucket_;
  MeteredHttp http_;
  B2Session session_;
};

std::string TokenHeader(const B2Access& access) {
  return absl::StrCat("Authorization: ", access.token);
}

// Every download says its id (reference/b2.md §1.8). What does not is of somebody else: the page of
// a proxy, or what was left on the connection by the answer before.
bool HasId(const HttpResponse& response, absl::string_view file_id) {
  return response.Header("x-bz-file-id") == file_id;
}

// One per 1,000 names (reference/b2.md §3.1); the first was counted when the request was sent.
uint64_t FurtherTransactions(size_t names) { return names == 0 ? 0 : (names - 1) / 1000; }

// The name that the first page begins at; nothing if no name can come after that of the request.
std::optional<std::string> BeginOf(const ListRequest& request, const std::string& root) {
  return request.after.empty() ? "" : B2NameAfter(absl::StrCat(root, request.after));
}

absl::Status ExplainVersions(const absl::Status& status) {
  if (!absl::IsPermissionDenied(status)) return status;
  return Annotate(status,
                  "this key may not list the versions of files, which names as they were at a time "
                  "are read from; it needs the capability listFiles for the whole source");
}

absl::StatusOr<ListPage> B2Store::List(const ListRequest& request, const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  RETURN_IF_ERROR(CheckAfter(request));
  // JSON cannot say such a prefix, and no B2 name has it.
  if (!IsValidUtf8(request.prefix)) return ListPage();
  ASSIGN_OR_RETURN(const auto access, session_.Connect(context));
  const auto prefix = B2ListPrefix(access->root, request.prefix, access->name_prefix);
  const auto begin = BeginOf(request, access->root);
  if (!prefix.has_value() || !begin.has_value()) return ListPage();
  const B2ListQuery query{.request = request,
                          .bucket_id = access->bucket_id,
                          .prefix = *prefix,
                          .root = access->root,
                          .begin = *begin};
  const bool versions = request.at.has_value();
  ASSIGN_OR_RETURN(const std::string body, versions ? B2VersionsBody(query) : B2ListBody(query));
  const char* call = versions ? "/b2_list_file_versions" : "/b2_list_file_names";
  const auto make_request = [&](const B2Access& now) {
    return HttpRequest{
        .url = absl::StrCat(now.api_url, call), .headers = {TokenHeader(now)}, .post = body};
  };
  const absl::StatusOr<HttpResponse> response =
      session_.Call(ServiceCall::kApi, versions ? HttpKind::kListVersions : HttpKind::kList,
                    make_request, nullptr, context);
  if (!response.ok()) return versions ? ExplainVersions(response.status()) : response.status();
  ASSIGN_OR_RETURN(B2ListAnswer answer, versions ? ParseB2Versions(response->body, query)
                                                 : ParseB2Listing(response->body, query));
  http_.Count(TransactionClass::kC, FurtherTransactions(answer.names));
  return std::move(answer.page);
}

absl::Status B2Store::Get(const ObjectVersion& version, ByteRange range, Sink sink,
                          const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  RETURN_IF_ERROR(CheckRange(version, range));
  RangeDownload download(version, range, sink);
  const auto accept = [&](const HttpResponse& response) {
    RETURN_IF_ERROR(download.Accept(response));
    return HasId(response, version.version) ? absl::OkStatus()
                                            : download.Wrong("the answer is of another version");
  };
  const auto data = [&](absl::string_view bytes) { return download.Data(bytes); };
  const HttpReceiver receiver{.accept = accept, .data = data};
  const auto make_request = [&](const B2Access& access) {
    return HttpRequest{
        .url = absl::StrCat(access.download_url,
                            "/b2_download_file_by_id?fileId=", PercentEncode(version.version)),
        .headers = {TokenHeader(access), absl::StrCat("Range: ", download.RangeValue())}};
  };
  RETURN_IF_ERROR(
      session_.Call(ServiceCall::kDownload, HttpKind::kGet, make_request, &receiver, context)
          .status());
  return download.Complete();
}

}  // namespace

std::unique_ptr<ObjectStore> NewB2Store(const SourceUrl& url, const StoreOptions& options,
                                        Counters& counters) {
  return std::make_unique<B2Store>(url, options, counters);
}

}  // namespace annofs
