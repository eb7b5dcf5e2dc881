// What the operations of the native API work on.
#pragma once

#include <string>

#include "tools/emulator/account.h"
#include "tools/emulator/object_store.h"

namespace annofs::emulator {

// The account and the store outlive it.
struct NativeContext {
  Account& account;
  ObjectStore& store;
  std::string url;  // "http://127.0.0.1:PORT": apiUrl, downloadUrl and s3ApiUrl
};

}  // namespace annofs::emulator
