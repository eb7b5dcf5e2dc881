#include "tools/emulator/xml_tree.h"

#include <utility>

#include "cache/base/status.h"
#include "cache/base/xml.h"
#include "tools/emulator/s3_error.h"

namespace annofs::emulator {
namespace {

constexpr size_t kLargest = 8 << 20;
constexpr size_t kMostElements = 80'000;
constexpr XmlLimits kLimits = {.max_depth = 16, .max_text = 64 << 10, .max_token = 64 << 10};

class TreeBuilder : public XmlHandler {
 public:
  absl::Status Start(absl::string_view element, const XmlAttributes&, XmlPosition) override {
    if (++elements_ > kMostElements) return S3Error("MalformedXML");
    open_.push_back({.name = std::string(element), .text = {}, .children = {}});
    return absl::OkStatus();
  }

  absl::Status End(absl::string_view, absl::string_view text, XmlPosition) override {
    XmlNode node = std::move(open_.back());
    open_.pop_back();
    node.text = std::string(text);
    if (open_.empty()) {
      root_ = std::move(node);
    } else {
      open_.back().children.push_back(std::move(node));
    }
    return absl::OkStatus();
  }

  XmlNode TakeRoot() { return std::move(root_); }

 private:
  size_t elements_ = 0;
  std::vector<XmlNode> open_;
  XmlNode root_;
};

const XmlNode* FindChild(const XmlNode& node, absl::string_view name) {
  for (const XmlNode& child : node.children) {
    if (child.name == name) return &child;
  }
  return nullptr;
}

}  // namespace

const XmlNode& XmlNode::operator[](absl::string_view child) const {
  static const auto& none = *new XmlNode();
  const XmlNode* found = FindChild(*this, child);
  return found == nullptr ? none : *found;
}

bool XmlNode::Has(absl::string_view child) const { return FindChild(*this, child) != nullptr; }

absl::StatusOr<XmlNode> ParseXmlTree(absl::string_view text, absl::string_view root) {
  if (text.size() > kLargest) return S3Error("MalformedXML");
  TextChunks chunks(text);
  TreeBuilder builder;
  if (!ParseXml(chunks, builder, kLimits).ok()) return S3Error("MalformedXML");
  XmlNode node = builder.TakeRoot();
  if (node.name != root) return S3Error("MalformedXML");
  return node;
}

}  // namespace annofs::emulator
