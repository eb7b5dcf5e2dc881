// The native B2 API (reference/b2.md §1), reading calls, versions 1 to 4. Thread safe.
#pragma once

#include <string>

#include "tools/emulator/account.h"
#include "tools/emulator/http.h"
#include "tools/emulator/object_store.h"
#include "tools/emulator/router.h"

namespace annofs::emulator {

// What the operations work on; all of it outlives the API.
struct NativeContext {
  Account& account;
  ObjectStore& store;
  std::string url;  // "http://127.0.0.1:PORT": apiUrl, downloadUrl and s3ApiUrl
};

class NativeApi {
 public:
  explicit NativeApi(NativeContext context) : context_(std::move(context)) {}

  // Answers a request of Api::kNative, kDownload or kUnknown, errors in B2's form.
  Reply Answer(const Route& route, const Request& request) const;
  // The name of the operation for counters: "unknown" if it is none.
  static absl::string_view CounterName(const Route& route);
  // The file name, or the prefix of a listing, that the request is about; "" if none.
  std::string SubjectOf(const Route& route, const Request& request) const;

 private:
  const NativeContext context_;
};

}  // namespace annofs::emulator
