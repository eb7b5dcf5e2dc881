#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/store/list_page.h"
#include "cache/store/metered_http.h"
#include "cache/store/range.h"
#include "cache/store/range_download.h"
#include "cache/store/s3_endpoint.h"
#include "cache/store/s3_errors.h"
#include "cache/store/s3_listing.h"
#include "cache/store/s3_signer.h"
#include "cache/store/s3_version.h"
#include "cache/store/s3_versions.h"
#include "cache/store/source_name.h"
#include "cache/store/stores.h"
#include "cache/store/waiting.h"

namespace annofs {
namespace {

std::string NameOf(const SourceUrl& url) {
  if (url.prefix.empty()) return absl::StrCat("s3://", url.bucket);
  return absl::StrCat("s3://", url.bucket, "/", absl::StripSuffix(url.prefix, "/"));
}

// Encryption with keys of the key service, or with the reader's own: the ETag is no MD5.
bool HasOpaqueEtag(const HttpResponse& response) {
  return absl::StartsWith(response.Header("x-amz-server-side-encryption"), "aws:") ||
         !response.Header("x-amz-server-side-encryption-customer-algorithm").empty();
}

class S3Store : public ObjectStore {
 public:
  S3Store(const SourceUrl& url, const StoreOptions& options, Counters& counters)
      : source_(url),
        endpoint_(ResolveS3Endpoint(url.bucket, options)),
        signer_(options.s3),
        http_({.ca_file = options.ca_file,
               .plain_http = options.plain_http,
               .connections = options.connections},
              counters) {}

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override;
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override;
  // One list request: a key that may do no more than read must do.
  absl::Status Connect(const CallContext& context) override {
    return List({.recursive = true, .max = 1}, context).status();
  }
  Digest DigestToCheck(const ObjectVersion& version) const override {
    return etags_are_opaque_.load(std::memory_order_relaxed) ? Digest() : version.digest;
  }
  std::string name() const override { return NameOf(source_); }
  std::string identity() const override {
    if (!endpoint_.ok() || endpoint_->service.empty()) return name();
    return NameAtEndpoint(name(), endpoint_->service);
  }

 private:
  absl::StatusOr<NamesAndValues> ListQuery(const ListRequest& request) const;
  std::string PathOf(const ObjectVersion& version) const;
  absl::Status Accept(const HttpResponse& response, const RangeDownload& download,
                      absl::string_view etag);

  const SourceUrl source_;
  const absl::StatusOr<S3Endpoint> endpoint_;
  const S3Signer signer_;
  MeteredHttp http_;
  std::atomic<bool> etags_are_opaque_{false};  // as an answer has shown
};

absl::StatusOr<NamesAndValues> S3Store::ListQuery(const ListRequest& request) const {
  if (request.at.has_value()) return S3VersionsQuery(request, source_.prefix);
  return S3ListQuery(request, source_.prefix);
}

absl::StatusOr<ListPage> S3Store::List(const ListRequest& request, const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  RETURN_IF_ERROR(CheckAfter(request));
  RETURN_IF_ERROR(endpoint_.status());
  RETURN_IF_ERROR(signer_.Check());
  ASSIGN_OR_RETURN(const NamesAndValues query, ListQuery(request));
  const std::string path = endpoint_->path.empty() ? "/" : endpoint_->path;
  const bool versions = request.at.has_value();
  ASSIGN_OR_RETURN(
      const HttpResponse response,
      http_.Do(versions ? HttpKind::kListVersions : HttpKind::kList,
               signer_.Get(*endpoint_, path, query, {}, context.clock->Now()), nullptr, context));
  if (!response.ok()) {
    return S3ListError(response, versions ? S3ListCall::kVersions : S3ListCall::kNames, source_,
                       *endpoint_);
  }
  if (versions) return ParseS3Versions(response.body, request, source_.prefix);
  return ParseS3Listing(response.body, request, source_.prefix);
}

std::string S3Store::PathOf(const ObjectVersion& version) const {
  return absl::StrCat(endpoint_->path, "/", SigV4Path(source_.prefix), SigV4Path(version.key));
}

absl::Status S3Store::Accept(const HttpResponse& response, const RangeDownload& download,
                             absl::string_view etag) {
  RETURN_IF_ERROR(download.Accept(response));
  if (ParseS3Etag(response.Header("etag")) != etag) {
    return download.Wrong("the answer is of another version");
  }
  if (HasOpaqueEtag(response)) etags_are_opaque_.store(true, std::memory_order_relaxed);
  return absl::OkStatus();
}

absl::Status S3Store::Get(const ObjectVersion& version, ByteRange range, Sink sink,
                          const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  RETURN_IF_ERROR(endpoint_.status());
  RETURN_IF_ERROR(signer_.Check());
  RETURN_IF_ERROR(CheckRange(version, range));
  const std::optional<S3Version> wanted = ParseS3Version(version.version);
  if (!wanted.has_value()) {
    return absl::AbortedError(absl::StrCat(version.key, ": not a version that S3 gave"));
  }
  RangeDownload download(version, range, sink);
  const auto accept = [&](const HttpResponse& response) {
    return Accept(response, download, wanted->etag);
  };
  const auto data = [&](absl::string_view bytes) { return download.Data(bytes); };
  const HttpReceiver receiver{.accept = accept, .data = data};
  NamesAndValues query;
  if (!wanted->id.empty()) query.emplace_back("versionId", wanted->id);
  // A name that was put again meanwhile answers 412, also when a broken read goes on.
  NamesAndValues headers = {{"range", download.RangeValue()},
                            {"if-match", absl::StrCat("\"", wanted->etag, "\"")}};
  ASSIGN_OR_RETURN(const HttpResponse response,
                   http_.Do(HttpKind::kGet,
                            signer_.Get(*endpoint_, PathOf(version), query, std::move(headers),
                                        context.clock->Now()),
                            &receiver, context));
  return response.ok() ? download.Complete() : S3DownloadError(response);
}

}  // namespace

std::unique_ptr<ObjectStore> NewS3Store(const SourceUrl& url, const StoreOptions& options,
                                        Counters& counters) {
  return std::make_unique<S3Store>(url, options, counters);
}

}  // namespace annofs
