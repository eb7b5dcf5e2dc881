// Two implementations of one dataset answer everything alike.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "formats/dataset.h"
#include "formats/info_codec.h"
#include "formats/shape_codec.h"

namespace annofs::testing {

inline std::vector<Rank> Members(const absl::StatusOr<RankSet>& ranks) {
  EXPECT_TRUE(ranks.ok()) << ranks.status();
  std::vector<Rank> members;
  for (size_t i = 0; ranks.ok() && i < ranks->size(); ++i) members.push_back((*ranks)[i]);
  return members;
}

inline std::vector<FrameTerm> TermsFrom(const Dataset& data, const FrameTerm& from) {
  std::vector<FrameTerm> terms;
  absl::Status status = data.Terms(from, [&](const FrameTerm& term) {
    terms.push_back(term);
    return true;
  });
  EXPECT_TRUE(status.ok()) << status;
  return terms;
}

inline void ExpectSameFrame(const Dataset& a, const Dataset& b, Rank rank) {
  const Frame f = a.GetFrame(rank).value(), g = b.GetFrame(rank).value();
  EXPECT_EQ(f.name, g.name);
  EXPECT_EQ(f.number, g.number);
  EXPECT_EQ(f.task, g.task);
  EXPECT_EQ(f.width, g.width);
  EXPECT_EQ(f.height, g.height);
  EXPECT_EQ(f.subset, g.subset);
  EXPECT_EQ(f.related, g.related);
  EXPECT_EQ(f.inner, g.inner);
  EXPECT_EQ(f.related_inner, g.related_inner);
  const std::vector<RelatedMedia> r = a.Related(rank).value(), s = b.Related(rank).value();
  ASSERT_EQ(r.size(), s.size());
  for (size_t i = 0; i < r.size(); ++i) {
    EXPECT_EQ(r[i].name, s[i].name);
    EXPECT_EQ(r[i].media.key, s[i].media.key);
    EXPECT_EQ(r[i].media.size, s[i].media.size);
    EXPECT_EQ(r[i].media.digest, s[i].media.digest);
  }
  const auto wants = [](uint32_t label, int32_t track) { return (label + uint32_t(track)) % 2; };
  EXPECT_EQ(EncodeShapes(a.ShapesOfTracks(rank, wants).value()),
            EncodeShapes(b.ShapesOfTracks(rank, wants).value()));
  const FrameNames m = a.Names(rank).value(), n = b.Names(rank).value();
  EXPECT_EQ(m.path, n.path);
  EXPECT_EQ(m.stem, n.stem);
  EXPECT_EQ(m.shares_stem, n.shares_stem);
  EXPECT_EQ(EncodeShapes(a.Shapes(rank).value()), EncodeShapes(b.Shapes(rank).value())) << rank;
  const std::optional<Media> x = a.GetMedia(rank).value(), y = b.GetMedia(rank).value();
  ASSERT_EQ(x.has_value(), y.has_value());
  if (x) {
    EXPECT_EQ(x->key, y->key);
    EXPECT_EQ(x->size, y->size);
    EXPECT_EQ(x->digest, y->digest);
  }
  for (const Dataset* data : {&a, &b}) {
    EXPECT_EQ(data->FindPath(m.path).value(), std::optional<Rank>(rank)) << m.path;
    EXPECT_EQ(data->FindSidecar(m.sidecar()).value(), std::optional<Rank>(rank)) << m.path;
    EXPECT_EQ(data->FindStem(m.stem).value(), std::optional<Rank>(rank)) << m.path;
  }
  if (rank % 8 != 0) return;
  // What is nearly a name.
  for (const std::string& name :
       {m.path + "x", m.path.substr(1), m.path + "/", m.stem, m.stem + "x",
        std::string(m.sidecar()) + ".jpg", m.path.substr(0, m.path.size() / 2)}) {
    EXPECT_EQ(a.FindPath(name).value(), b.FindPath(name).value()) << name;
    EXPECT_EQ(a.FindSidecar(name).value(), b.FindSidecar(name).value()) << name;
    EXPECT_EQ(a.FindStem(name).value(), b.FindStem(name).value()) << name;
    EXPECT_EQ(a.FindDirectory(name).value(), b.FindDirectory(name).value()) << name;
  }
}

// `terms`: all of the kind, in order.
inline void ExpectNumbered(const Dataset& data, FrameTerm::Kind kind,
                           const std::vector<FrameTerm>& terms) {
  EXPECT_EQ(data.TermCount(kind).value(), terms.size());
  for (uint32_t number = 0; number < terms.size(); ++number) {
    EXPECT_EQ(data.TermNumber(terms[number]).value(), std::optional(number)) << int(kind);
    EXPECT_EQ(data.TermAt(kind, number).value(), std::optional(terms[number])) << int(kind);
  }
  EXPECT_EQ(data.TermAt(kind, uint32_t(terms.size())).value(), std::nullopt);
}

inline void ExpectSameSets(const Dataset& a, const Dataset& b) {
  for (size_t kind = 0; kind < kTermKindCount; ++kind) {
    const std::vector<FrameTerm> terms = TermsFrom(a, FrameTerm::FirstOf(FrameTerm::Kind(kind)));
    ASSERT_EQ(terms, TermsFrom(b, FrameTerm::FirstOf(FrameTerm::Kind(kind)))) << kind;
    for (const FrameTerm& term : terms) {
      EXPECT_EQ(Members(a.With(term)), Members(b.With(term))) << kind << " " << term.number;
    }
    ExpectNumbered(a, FrameTerm::Kind(kind), terms);
    ExpectNumbered(b, FrameTerm::Kind(kind), terms);
    if (terms.empty()) continue;
    const FrameTerm& middle = terms[terms.size() / 2];
    EXPECT_EQ(TermsFrom(a, middle), TermsFrom(b, middle));
  }
  EXPECT_EQ(Members(a.WithMedia()), Members(b.WithMedia()));
  for (uint32_t number : {0u, 1u, 2u, 3u, 1u << 31}) {
    EXPECT_EQ(Members(a.WithRelated(number)), Members(b.WithRelated(number))) << number;
  }
  EXPECT_EQ(a.Subsets().value(), b.Subsets().value());
  for (const FrameTerm& term : {FrameTerm::OfSubset("no such"), FrameTerm::OfLabel(1 << 30),
                                FrameTerm::OfAttribute(0, "a", std::string(300, 'x'))}) {
    EXPECT_TRUE(Members(a.With(term)).empty());
    EXPECT_TRUE(Members(b.With(term)).empty());
    EXPECT_EQ(a.TermNumber(term).value(), std::nullopt);
    EXPECT_EQ(b.TermNumber(term).value(), std::nullopt);
  }
}

inline void ExpectSameOrder(const Dataset& a, const Dataset& b) {
  EXPECT_EQ(a.IsInOrder(), b.IsInOrder());
  std::vector<Rank> in_order;
  for (uint32_t position = 0; position < a.frame_count(); ++position) {
    in_order.push_back(a.InOrder(position).value());
    EXPECT_EQ(in_order.back(), b.InOrder(position).value()) << position;
    EXPECT_EQ(b.PositionOf(in_order.back()).value(), position);
  }
  const uint32_t from = a.frame_count() / 3;
  std::vector<uint32_t> some;
  for (Rank rank = 0; rank < a.frame_count(); rank += 1 + rank % 5) some.push_back(rank);
  for (const Dataset* data : {&a, &b}) {
    uint32_t next = from;
    absl::Status status = data->ForEachInOrder(from, [&](uint32_t position, Rank rank) {
      EXPECT_EQ(position, next++);
      EXPECT_EQ(rank, in_order[position]);
      return true;
    });
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(next, a.frame_count());
    std::vector<uint32_t> positions;
    ASSERT_TRUE(data->PositionsOf(RankSet::Of(some), positions).ok());
    ASSERT_EQ(positions.size(), some.size());
    for (size_t i = 0; i < some.size(); ++i) EXPECT_EQ(in_order[positions[i]], some[i]);
  }
}

inline void ExpectSame(const Dataset& a, const Dataset& b) {
  DatasetInfo info = b.info();
  info.id = a.info().id;  // of the index: a hash that its media are part of
  EXPECT_EQ(EncodeInfo(a.info()), EncodeInfo(info));
  ASSERT_EQ(a.frame_count(), b.frame_count());
  for (Rank rank = 0; rank < a.frame_count(); ++rank) ExpectSameFrame(a, b, rank);
  ASSERT_EQ(a.directory_count(), b.directory_count());
  for (uint32_t number = 0; number < a.directory_count(); ++number) {
    const FrameDirectory c = a.Directory(number).value(), d = b.Directory(number).value();
    EXPECT_EQ(c.path, d.path);
    EXPECT_EQ(c.begin, d.begin);
    EXPECT_EQ(c.end, d.end);
    EXPECT_EQ(a.FindDirectory(c.path).value(), std::optional<uint32_t>(number));
    EXPECT_EQ(b.FindDirectory(c.path).value(), std::optional<uint32_t>(number));
  }
  for (const Dataset* data : {&a, &b}) {
    EXPECT_EQ(data->FindPath("no such").value(), std::nullopt);
    EXPECT_EQ(data->FindSidecar("no such").value(), std::nullopt);
    EXPECT_EQ(data->FindStem("no such").value(), std::nullopt);
    EXPECT_EQ(data->FindDirectory("no such").value(), std::nullopt);
  }
  ExpectSameOrder(a, b);
  ExpectSameSets(a, b);
  const std::vector<Problem> p = a.Problems().value(), q = b.Problems().value();
  ASSERT_EQ(p.size(), q.size());
  for (size_t i = 0; i < p.size(); ++i) {
    EXPECT_EQ(p[i].severity, q[i].severity);
    EXPECT_EQ(p[i].source, q[i].source);
    EXPECT_EQ(p[i].position, q[i].position);
    EXPECT_EQ(p[i].frame, q[i].frame);
    EXPECT_EQ(p[i].reason, q[i].reason);
  }
}

}  // namespace annofs::testing
