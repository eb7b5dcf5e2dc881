// An account of the emulator as its owner uses it: makes keys and changes buckets, by the native
// API over plain HTTP. Not thread safe; the emulator outlives it.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "cache/store/stores.h"
#include "gtest/gtest.h"
#include "tests/testing/emulator_process.h"
#include "tests/testing/plain_http.h"

namespace annofs::testing {

class EmulatedAccount {
 public:
  explicit EmulatedAccount(const EmulatorProcess& emulator) : url_(emulator.url()) {
    const std::string basic =
        absl::Base64Escape(absl::StrCat(emulator.key_id(), ":", emulator.key()));
    const JsonDocument account = Ask({.url = absl::StrCat(url_, "/b2api/v4/b2_authorize_account"),
                                      .headers = {absl::StrCat("Authorization: Basic ", basic)}});
    token_ = std::string(account.root().StringOr("authorizationToken", ""));
    id_ = std::string(account.root().StringOr("accountId", ""));
  }

  std::string BucketId(const std::string& name) {
    const JsonDocument json =
        Call("b2_list_buckets",
             absl::StrCat(R"({"accountId":")", id_, R"(","bucketName":")", name, "\"}"));
    return std::string(json.root()["buckets"][0].StringOr("bucketId", ""));
  }

  // `more`: further members of the request, `"namePrefix":"x/"`.
  B2Credentials CreateKey(const std::vector<std::string>& capabilities,
                          const std::string& more = "") {
    const JsonDocument json =
        Call("b2_create_key",
             absl::StrCat(R"({"accountId":")", id_, R"(","keyName":"k","capabilities":[")",
                          absl::StrJoin(capabilities, "\",\""), "\"]", more.empty() ? "" : ",",
                          more, "}"));
    return {.key_id = std::string(json.root().StringOr("applicationKeyId", "")),
            .key = std::string(json.root().StringOr("applicationKey", ""))};
  }
  // A key of that bucket alone.
  B2Credentials CreateKeyOf(const std::string& bucket, const std::vector<std::string>& capabilities,
                            const std::string& more = "") {
    return CreateKey(capabilities, absl::StrCat(R"("bucketIds":[")", BucketId(bucket), "\"]",
                                                more.empty() ? "" : ",", more));
  }

  // `members` of b2_update_bucket: `"bucketType":"allPublic"`.
  void Update(const std::string& bucket, const std::string& members) {
    Call("b2_update_bucket", absl::StrCat(R"({"accountId":")", id_, R"(","bucketId":")",
                                          BucketId(bucket), "\",", members, "}"));
  }

 private:
  JsonDocument Call(absl::string_view call, const std::string& body) {
    return Ask({.method = "POST",
                .url = absl::StrCat(url_, "/b2api/v4/", call),
                .headers = {absl::StrCat("Authorization: ", token_)},
                .body = body});
  }
  static JsonDocument Ask(const PlainRequest& request) {
    const absl::StatusOr<std::string> answer = AskForBody(request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    auto json = JsonDocument::Parse(answer.value_or("{}"));
    EXPECT_TRUE(json.ok()) << json.status();
    return *std::move(json);
  }

  const std::string url_;
  std::string token_, id_;
};

}  // namespace annofs::testing
