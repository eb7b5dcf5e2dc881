#include "tools/emulator/key.h"

namespace annofs::emulator {

const std::vector<std::string>& AllCapabilities() {
  static const auto& all = *new std::vector<std::string>{
      "listKeys",
      "writeKeys",
      "deleteKeys",
      "listBuckets",
      "listAllBucketNames",
      "readBuckets",
      "writeBuckets",
      "deleteBuckets",
      "readBucketEncryption",
      "writeBucketEncryption",
      "readBucketRetentions",
      "writeBucketRetentions",
      "readFileRetentions",
      "writeFileRetentions",
      "readFileLegalHolds",
      "writeFileLegalHolds",
      "readBucketReplications",
      "writeBucketReplications",
      "bypassGovernance",
      "listFiles",
      "readFiles",
      "shareFiles",
      "writeFiles",
      "deleteFiles",
      "readBucketNotifications",
      "writeBucketNotifications",
      "readBucketLogging",
      "writeBucketLogging",
      "readBucketLifecycleRules",
      "writeBucketLifecycleRules",
  };
  return all;
}

}  // namespace annofs::emulator
