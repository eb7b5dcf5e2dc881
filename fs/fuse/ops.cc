#include "fs/fuse/ops.h"

#include <sys/statvfs.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "cache/base/names.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Directory offsets: "." and ".." come first, then the tree's positions.
constexpr off_t kDot = 1;
constexpr off_t kDotDot = 2;

OpsContext& Context(fuse_req_t request) {
  return *static_cast<OpsContext*>(fuse_req_userdata(request));
}

// Kernel settings that ideas 6 and 7 of the architecture rest on.
void Init(void* context, fuse_conn_info* connection) {
  auto want = [connection](unsigned capability) {
    connection->want |= connection->capable & capability;
  };
  auto refuse = [connection](unsigned capability) { connection->want &= ~capability; };
  want(FUSE_CAP_ASYNC_READ);
  want(FUSE_CAP_PARALLEL_DIROPS);  // libfuse 3.14 does not pass it on: see session_io.cc
  want(FUSE_CAP_NO_OPEN_SUPPORT);
  want(FUSE_CAP_READDIRPLUS);
  refuse(FUSE_CAP_READDIRPLUS_AUTO);  // else only the first block of a listing has attributes
  refuse(FUSE_CAP_NO_OPENDIR_SUPPORT);
  refuse(FUSE_CAP_AUTO_INVAL_DATA);  // an inode's bytes never change
  refuse(FUSE_CAP_WRITEBACK_CACHE);
  refuse(FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE);
  // The kernel counts every page-cache read as a background request; with its default of 12, a
  // dozen slow ones stop all others.
  connection->max_background = 4096;
  connection->congestion_threshold = 3072;
  static_cast<OpsContext*>(context)->no_open = connection->want & FUSE_CAP_NO_OPEN_SUPPORT;
}

void Lookup(fuse_req_t request, fuse_ino_t parent, const char* name) {
  OpsContext& context = Context(request);
  context.server.Serve(
      request, context.lookup, {NodeId{parent}},
      [&context, parent, name = std::string(name)](Reply& reply, const CallContext& call) {
        if (name.size() > kMaxNameBytes) return absl::OutOfRangeError("a name over 255 bytes");
        absl::StatusOr<NodeAttr> attr = context.tree.Lookup(NodeId{parent}, name, call);
        if (absl::IsNotFound(attr.status())) {
          reply.NoEntry(context.owner);
          return absl::OkStatus();
        }
        RETURN_IF_ERROR(attr.status());
        // Too late: the kernel never hears of the node, and will not forget it.
        if (!reply.Entry(*attr, context.owner)) context.tree.Forget(attr->id);
        return absl::OkStatus();
      });
}

void Getattr(fuse_req_t request, fuse_ino_t node, fuse_file_info*) {
  OpsContext& context = Context(request);
  context.server.Serve(request, context.getattr, {NodeId{node}},
                       [&context, node](Reply& reply, const CallContext& call) {
                         absl::StatusOr<NodeAttr> attr = context.tree.Stat(NodeId{node}, call);
                         RETURN_IF_ERROR(attr.status());
                         reply.Attr(*attr, context.owner);
                         return absl::OkStatus();
                       });
}

void ForgetOne(OpsContext& context, uint64_t node) {
  context.forget.Add();
  context.tree.Forget(NodeId{node});
}

void Forget(fuse_req_t request, fuse_ino_t node, uint64_t) {
  ForgetOne(Context(request), node);
  fuse_reply_none(request);
}

void ForgetMulti(fuse_req_t request, size_t count, fuse_forget_data* forgets) {
  for (size_t i = 0; i < count; ++i) ForgetOne(Context(request), forgets[i].ino);
  fuse_reply_none(request);
}

void Read(fuse_req_t request, fuse_ino_t node, size_t size, off_t offset, fuse_file_info*) {
  OpsContext& context = Context(request);
  context.server.Serve(request, context.read, {NodeId{node}, {uint64_t(offset), size}},
                       [&context, node, size, offset](Reply& reply, const CallContext& call) {
                         return context.tree.Read(
                             NodeId{node}, {.offset = uint64_t(offset), .length = size},
                             [&](Pieces data) {
                               if (reply.Data(data)) context.read_bytes.Add(BytesOf(data));
                             },
                             call);
                       });
}

// Fills one buffer of a listing.
class ListingBuffer {
 public:
  enum class Style { kPlain, kPlus };
  ListingBuffer(Style style, size_t limit, const Ownership& owner)
      : style_(style), limit_(limit), owner_(owner) {}

  // False if it does not fit: the listing is asked for again from there.
  bool Add(const DirEntry& entry) {
    off_t next = off_t(entry.next) + kDotDot;
    if (style_ == Style::kPlain) return AddPlain(entry.name, StatOf(entry.attr, owner_), next);
    return AddEntry(text_, limit_, entry.name,
                    entry.has_size ? EntryOf(entry.attr, owner_) : NameOnly(entry.attr), next);
  }

  // "." and ".." are no nodes for the kernel to remember: node id 0.
  bool AddDots(fuse_ino_t directory, off_t from) {
    struct stat info {};
    info.st_mode = S_IFDIR;
    info.st_ino = directory;
    return (from >= kDot || AddDot(".", info, kDot)) &&
           (from >= kDotDot || AddDot("..", info, kDotDot));
  }

  const std::string& text() const { return text_; }

 private:
  bool AddPlain(absl::string_view name, const struct stat& info, off_t next) {
    return AddPlainEntry(text_, limit_, name, info, next);
  }
  bool AddDot(absl::string_view name, const struct stat& info, off_t next) {
    if (style_ == Style::kPlain) return AddPlain(name, info, next);
    return AddEntry(text_, limit_, name, NameOnly(info), next);
  }
  // Node id 0: the kernel takes the name and the type, and looks the rest up when it is wanted.
  static fuse_entry_param NameOnly(const struct stat& info) {
    fuse_entry_param entry{};
    entry.attr = info;
    return entry;
  }
  fuse_entry_param NameOnly(const NodeAttr& attr) const { return NameOnly(StatOf(attr, owner_)); }

  const Style style_;
  const size_t limit_;
  const Ownership& owner_;
  std::string text_;
};

void ReadDirectory(fuse_req_t request, const OpKind& kind, ListingBuffer::Style style,
                   fuse_ino_t node, size_t size, off_t from) {
  OpsContext& context = Context(request);
  context.server.Serve(
      request, kind, {NodeId{node}},
      [&context, style, node, size, from](Reply& reply, const CallContext& call) {
        ListingBuffer buffer(style, size, context.owner);
        if (buffer.AddDots(node, from)) {
          RETURN_IF_ERROR(context.tree.List(
              NodeId{node}, uint64_t(std::max<off_t>(from - kDotDot, 0)),
              [&buffer](const DirEntry& entry) { return buffer.Add(entry); }, call));
        }
        reply.Text(buffer.text());
        return absl::OkStatus();
      });
}

void Readdir(fuse_req_t request, fuse_ino_t node, size_t size, off_t from, fuse_file_info*) {
  ReadDirectory(request, Context(request).readdir, ListingBuffer::Style::kPlain, node, size, from);
}

void Readdirplus(fuse_req_t request, fuse_ino_t node, size_t size, off_t from, fuse_file_info*) {
  ReadDirectory(request, Context(request).readdirplus, ListingBuffer::Style::kPlus, node, size,
                from);
}

// Opening costs no message: the first one is told so (no-open). Where the kernel does not offer
// that, pages are kept and closing needs no message.
void Open(fuse_req_t request, fuse_ino_t, fuse_file_info* info) {
  OpsContext& context = Context(request);
  context.open.count->Add();
  if (context.no_open) {
    fuse_reply_err(request, ENOSYS);
    return;
  }
  info->keep_cache = 1;
  info->noflush = 1;
  fuse_reply_open(request, info);
}

void Statfs(fuse_req_t request, fuse_ino_t node) {
  OpsContext& context = Context(request);
  context.server.Serve(request, context.statfs, {NodeId{node}},
                       [](Reply& reply, const CallContext&) {
                         struct statvfs info {};
                         info.f_bsize = 131072;
                         info.f_frsize = 4096;
                         info.f_namemax = kMaxNameBytes;
                         info.f_flag = ST_RDONLY;
                         reply.Statfs(info);
                         return absl::OkStatus();
                       });
}

// An absent one is an answer: it is not logged as an error.
bool ReplyNoXattr(Reply& reply) { return reply.Error(ENODATA); }

void Getxattr(fuse_req_t request, fuse_ino_t node, const char* name, size_t size) {
  OpsContext& context = Context(request);
  context.server.Serve(
      request, context.getxattr, {NodeId{node}},
      [&context, node, size, name = std::string(name)](Reply& reply, const CallContext& call) {
        // `ls -l` asks for two of "security." and "system." of each file.
        if (!absl::StartsWith(name, "user.")) {
          ReplyNoXattr(reply);
          return absl::OkStatus();
        }
        ASSIGN_OR_RETURN(const std::vector<Fact> facts, context.tree.Facts(NodeId{node}, call));
        for (const Fact& fact : facts) {
          if (fact.name != name) continue;
          reply.Xattr(fact.value, size);
          return absl::OkStatus();
        }
        ReplyNoXattr(reply);
        return absl::OkStatus();
      });
}

void Listxattr(fuse_req_t request, fuse_ino_t node, size_t size) {
  OpsContext& context = Context(request);
  context.server.Serve(request, context.listxattr, {NodeId{node}},
                       [&context, node, size](Reply& reply, const CallContext& call) {
                         ASSIGN_OR_RETURN(const std::vector<Fact> facts,
                                          context.tree.Facts(NodeId{node}, call));
                         std::string names;
                         for (const Fact& fact : facts) names.append(fact.name).push_back('\0');
                         reply.Xattr(names, size);
                         return absl::OkStatus();
                       });
}

}  // namespace

OpsContext::OpsContext(Tree& tree, Counters& counters, Server& server, const Ownership& owner)
    : tree(tree),
      server(server),
      owner(owner),
      lookup{"lookup", &counters.Get("fuse.lookup")},
      getattr{"getattr", &counters.Get("fuse.getattr")},
      readdir{"readdir", &counters.Get("fuse.readdir")},
      readdirplus{"readdirplus", &counters.Get("fuse.readdirplus")},
      read{"read", &counters.Get("fuse.read")},
      statfs{"statfs", &counters.Get("fuse.statfs")},
      open{"open", &counters.Get("fuse.open")},
      getxattr{"getxattr", &counters.Get("fuse.getxattr")},
      listxattr{"listxattr", &counters.Get("fuse.listxattr")},
      forget(counters.Get("fuse.forget")),
      read_bytes(counters.Get("fuse.read_bytes")) {}

fuse_lowlevel_ops Operations(Xattrs xattrs) {
  fuse_lowlevel_ops ops{};
  ops.init = Init;
  ops.lookup = Lookup;
  ops.forget = Forget;
  ops.forget_multi = ForgetMulti;
  ops.getattr = Getattr;
  ops.open = Open;
  ops.read = Read;
  ops.readdir = Readdir;
  ops.readdirplus = Readdirplus;
  ops.statfs = Statfs;
  if (xattrs == Xattrs::kHidden) return ops;
  ops.getxattr = Getxattr;
  ops.listxattr = Listxattr;
  return ops;
}

}  // namespace annofs
