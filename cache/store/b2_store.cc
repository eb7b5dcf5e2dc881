#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "cache/store/b2_download.h"
#include "cache/store/b2_listing.h"
#include "cache/store/b2_session.h"
#include "cache/store/http_client.h"
#include "cache/store/range.h"
#include "cache/store/stores.h"
#include "cache/store/transactions.h"
#include "cache/store/waiting.h"

namespace annofs {
namespace {

class B2Store : public ObjectStore {
 public:
  B2Store(const SourceUrl& url, const StoreOptions& options, Counters& counters)
      : prefix_(url.prefix),
        name_(JoinPath(absl::StrCat("b2://", url.bucket), absl::StripSuffix(url.prefix, "/"))),
        http_({.ca_file = options.ca_file, .connections = options.connections}),
        meter_(counters),
        session_(http_, meter_, url, options) {}

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override;
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override;
  absl::Status Connect(const CallContext& context) override {
    RETURN_IF_ERROR(MayWait(context));
    return session_.Connect(context);
  }
  std::string name() const override { return name_; }

 private:
  const std::string prefix_;
  const std::string name_;
  HttpClient http_;
  TransactionMeter meter_;
  B2Session session_;
};

std::string TokenHeader(const B2Access& access) {
  return absl::StrCat("Authorization: ", access.token);
}

absl::StatusOr<ListPage> B2Store::List(const ListRequest& request, const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  // JSON cannot say such a prefix, and no B2 name has it.
  if (!IsValidUtf8(request.prefix)) return ListPage();
  const auto make_request = [&](const B2Access& access) {
    return HttpRequest{.url = absl::StrCat(access.api_url, "/b2api/v4/b2_list_file_names"),
                       .headers = {TokenHeader(access)},
                       .post = B2ListBody(request, access.bucket_id, prefix_)};
  };
  ASSIGN_OR_RETURN(
      const HttpResponse response,
      session_.Call(ServiceCall::kApi, TransactionClass::kC, make_request, nullptr, context));
  return ParseB2Listing(response.body, request, prefix_);
}

absl::Status B2Store::Get(const ObjectVersion& version, ByteRange range, Sink sink,
                          const CallContext& context) {
  RETURN_IF_ERROR(MayWait(context));
  RETURN_IF_ERROR(CheckRange(version, range));
  B2Download download(version, range, sink);
  const auto accept = [&](const HttpResponse& response) { return download.Accept(response); };
  const auto data = [&](absl::string_view bytes) { return download.Data(bytes); };
  const HttpReceiver receiver{.accept = accept, .data = data};
  const auto make_request = [&](const B2Access& access) {
    return HttpRequest{
        .url = absl::StrCat(access.download_url, "/b2api/v4/b2_download_file_by_id?fileId=",
                            PercentEncode(version.version)),
        .headers = {TokenHeader(access), download.RangeHeader()}};
  };
  RETURN_IF_ERROR(
      session_.Call(ServiceCall::kDownload, TransactionClass::kB, make_request, &receiver, context)
          .status());
  return download.Complete();
}

}  // namespace

std::unique_ptr<ObjectStore> NewB2Store(const SourceUrl& url, const StoreOptions& options,
                                        Counters& counters) {
  return std::make_unique<B2Store>(url, options, counters);
}

}  // namespace annofs
