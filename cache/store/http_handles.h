// The curl handles of one client, used again for one request after the other: what is the same of
// all requests is set up once, and with it go the buffers that a new handle would allocate. Thread
// safe; outlives the handles that it gave.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "cache/store/http.h"
#include "cache/store/http_sockets.h"

namespace annofs {

// One thread at a time has it.
struct HttpHandle {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{nullptr, curl_easy_cleanup};
  std::string origin;  // "https://host:port", which it is set up for; "" = none yet
  std::string host;    // of that, for messages
};

class HttpHandles {
 public:
  // Both outlive the handles.
  HttpHandles(const HttpClientOptions& options, HttpSockets& sockets)
      : options_(options), sockets_(sockets) {}

  // With limits and TLS as all requests have them, and no request.
  std::unique_ptr<HttpHandle> Take() ABSL_LOCKS_EXCLUDED(mutex_);
  // It was used for a GET, and for nothing that another GET does not set.
  void GiveBack(std::unique_ptr<HttpHandle> handle) ABSL_LOCKS_EXCLUDED(mutex_);

  // Makes it get `url`. kInvalidArgument: not allowed.
  absl::Status SetUrl(HttpHandle& handle, const std::string& url) const;

 private:
  std::unique_ptr<HttpHandle> New();
  absl::Status SetOrigin(HttpHandle& handle, const std::string& url) const;

  const HttpClientOptions& options_;
  HttpSockets& sockets_;
  absl::Mutex mutex_;
  std::vector<std::unique_ptr<HttpHandle>> free_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
