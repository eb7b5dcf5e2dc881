// The native B2 API (reference/b2.md §1), versions 1 to 4. Thread safe.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/emulator/api_context.h"
#include "tools/emulator/http.h"
#include "tools/emulator/router.h"
#include "tools/emulator/upload_slots.h"

namespace annofs::emulator {

class NativeApi {
 public:
  explicit NativeApi(ApiContext context) : context_(std::move(context)) {}

  // Answers a request of Api::kNative, kDownload or kUnknown, errors in B2's form.
  Reply Answer(const Route& route, Request& request) const;
  // Holds the upload token of an upload for as long as the request takes, its delays included; null
  // for other requests. 400 auth_token_limit while another upload holds it.
  absl::StatusOr<std::unique_ptr<UploadSlots::Slot>> HoldUpload(const Route& route,
                                                                const Request& request);
  // The names of all operations there are.
  static std::vector<absl::string_view> Operations();
  // The name of the operation for counters: "unknown" if it is none.
  static absl::string_view CounterName(const Route& route);
  // The file name, or the prefix of a listing, that the request is about; "" if none.
  std::string SubjectOf(const Route& route, const Request& request) const;

 private:
  const ApiContext context_;
  UploadSlots upload_slots_;
};

}  // namespace annofs::emulator
