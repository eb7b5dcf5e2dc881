#include "tools/profile_service.h"

#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "tools/node_path.h"
#include "tools/profile_protocol.h"

namespace annofs {
namespace {

constexpr size_t kMostToldFiles = 65536;
constexpr size_t kSendBytes = 64 << 10;

// One client's stream.
class Conversation {
 public:
  Conversation(Filesystem& tree, OpStream& stream, const ProfileServiceOptions& options,
               ControlClient& client)
      : tree_(tree), options_(options), client_(client), listener_(stream, options.most_kept) {}

  void Run() {
    while (listens_ && StaysFor(options_.period)) {
      const OpStream::Batch batch = listener_.Take();
      for (const EndedOp& op : batch.ops) Tell(op);
      if (batch.lost > 0) Add(LostLine(batch.lost));
      Flush();
    }
  }

 private:
  // Whether it is still there after that time. What it says is not asked for.
  bool StaysFor(absl::Duration period) {
    const absl::StatusOr<std::optional<std::string>> line = client_.lines().Next(period);
    if (line.ok()) return line->has_value();
    return absl::IsDeadlineExceeded(line.status());
  }

  void Tell(const EndedOp& op) {
    if (told_.size() >= kMostToldFiles) told_.clear();
    if (told_.insert(op.node.value).second) {
      Add(FileLine({.node = op.node,
                    .size = SizeOf(op.node),
                    .path = ShownPath(tree_, options_.root, op.node)}));
    }
    Add(OpLine(op));
  }

  std::optional<uint64_t> SizeOf(NodeId node) {
    const absl::StatusOr<NodeAttr> attr = tree_.Stat(node, {.lane = Lane::kFast});
    if (!attr.ok() || attr->is_directory) return std::nullopt;
    return attr->size;
  }

  void Add(absl::string_view text) {
    text_.append(text.data(), text.size());
    if (text_.size() >= kSendBytes) Flush();
  }
  void Flush() {
    if (listens_ && !text_.empty()) listens_ = client_.Send(text_, options_.patience);
    text_.clear();
  }

  Filesystem& tree_;
  const ProfileServiceOptions& options_;
  ControlClient& client_;
  OpStream::Listener listener_;
  absl::flat_hash_set<uint64_t> told_;  // nodes
  std::string text_;                    // to be sent
  bool listens_ = true;
};

}  // namespace

void ProfileService::Serve(absl::string_view first_line, ControlClient& client) {
  const int clients = ++clients_;
  absl::Cleanup leave = [this] { --clients_; };
  if (first_line != kProfileRequest) {
    client.Send(absl::StrCat("error say `", kProfileRequest, "` alone\n"));
    return;
  }
  if (clients > options_.clients) {
    client.Send(absl::StrCat("error ", options_.clients,
                             " clients are listening already: try again later\n"));
    return;
  }
  Conversation(tree_, stream_, options_, client).Run();
}

}  // namespace annofs
