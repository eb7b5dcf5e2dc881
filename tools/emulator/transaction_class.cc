#include "tools/emulator/transaction_class.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "tools/emulator/params.h"

namespace annofs::emulator {
namespace {

constexpr int64_t kNamesPerTransaction = 1000;
constexpr TransactionClass kA = TransactionClass::kA;
constexpr TransactionClass kB = TransactionClass::kB;
constexpr TransactionClass kC = TransactionClass::kC;

struct Entry {
  absl::string_view prefix;  // of the operation's name
  TransactionClass transaction_class;
  bool download = false;
};

// The first that fits counts: longer prefixes stand before shorter ones.
constexpr Entry kEntries[] = {
    {"b2_get_upload_", kA},
    {"b2_upload_", kA},
    {"b2_start_large_file", kA},
    {"b2_finish_large_file", kA},
    {"b2_cancel_large_file", kA},
    {"b2_hide_file", kA},
    {"b2_delete_", kA},
    {"b2_download_file_by_", kB, true},
    {"b2_get_file_info", kB},
    {"b2_authorize_account", kC},
    {"b2_list_", kC},
    {"b2_create_", kC},
    {"b2_update_bucket", kC},
    {"b2_copy_", kC},
    {"b2_get_download_authorization", kC},
    {"s3_get_object_lock_configuration", kC},
    {"s3_get_object_", kB},
    {"s3_get_object", kB, true},
    {"s3_head_object", kB},
    {"s3_head_bucket", kC},
    {"s3_list_", kC},
    {"s3_get_bucket", kC},
    {"s3_copy_object", kC},
    {"s3_upload_part_copy", kC},
    {"s3_create_bucket", kC},
    {"s3_put_", kA},
    {"s3_delete_", kA},
    {"s3_create_multipart_upload", kA},
    {"s3_upload_part", kA},
    {"s3_complete_multipart_upload", kA},
    {"s3_abort_multipart_upload", kA},
};

// A page of S3 has at most 1,000 names.
bool HasLongPages(absl::string_view operation) {
  return operation == "b2_list_file_names" || operation == "b2_list_file_versions";
}

int64_t CountOf(const Request& request) {
  absl::StatusOr<Params> params = Params::Of(request);
  if (!params.ok()) return 1;
  absl::StatusOr<std::optional<int64_t>> asked = params->Int("maxFileCount");
  int64_t names = asked.ok() ? asked->value_or(1) : 1;
  names = std::clamp<int64_t>(names, 1, 10'000);  // others are refused
  return (names + kNamesPerTransaction - 1) / kNamesPerTransaction;
}

}  // namespace

Billing BillingOf(absl::string_view operation, const Request& request) {
  for (const Entry& entry : kEntries) {
    if (!absl::StartsWith(operation, entry.prefix)) continue;
    return {.transaction_class = entry.transaction_class,
            .count = HasLongPages(operation) ? CountOf(request) : 1,
            .download = entry.download};
  }
  return {};
}

}  // namespace annofs::emulator
