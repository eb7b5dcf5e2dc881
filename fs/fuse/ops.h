// The kernel's operations over a Tree: thin, each a few lines. Thread safe.
#pragma once

#include <fuse_lowlevel.h>

#include "cache/base/counters.h"
#include "fs/fuse/serve.h"
#include "fs/tree.h"

namespace annofs {

// What libfuse hands back to each operation as its user data.
struct OpsContext {
  OpsContext(Tree& tree, Counters& counters, Server& server, const Ownership& owner);
  Tree& tree;
  Server& server;
  const Ownership owner;
  OpKind lookup, getattr, readdir, readdirplus, read, statfs, open, getxattr, listxattr;
  Counter& forget;
  Counter& read_bytes;   // that reads were answered with
  bool no_open = false;  // the kernel takes ENOSYS for `open` once and for all; set in init, before
                         // any other request
};

// kHidden: no handlers, so that the kernel is told once that there are none and never asks again
// (architecture: they cost two messages per file in `ls -l`).
enum class Xattrs : uint8_t { kShown, kHidden };
fuse_lowlevel_ops Operations(Xattrs xattrs);

}  // namespace annofs
