#include "formats/indented_xml.h"

#include <gtest/gtest.h>

namespace annofs {
namespace {

TEST(IndentedXmlTest, ElementsStandTwoSpacesALevelAndEmptyTextsKeepBothTags) {
  IndentedXml xml;
  xml.Open("annotation");
  xml.Leaf("folder", "");
  xml.Open("size");
  xml.Leaf("width", "12");
  xml.Close();
  xml.Close();
  EXPECT_EQ(xml.Take(),
            "<annotation>\n"
            "  <folder></folder>\n"
            "  <size>\n"
            "    <width>12</width>\n"
            "  </size>\n"
            "</annotation>\n");
}

// As lxml.etree.tostring(…, encoding="unicode") writes character data.
TEST(IndentedXmlTest, OnlyMarkupAndCarriageReturnsAreEscaped) {
  std::string text;
  AppendLxmlText("a<b>&\"c'\t\n\r", text);
  EXPECT_EQ(text, "a&lt;b&gt;&amp;\"c'\t\n&#13;");
}

TEST(IndentedXmlTest, WhatXmlCannotHoldIsReplaced) {
  std::string text;
  AppendLxmlText(absl::string_view("a\0b\x1b\xff\xef\xbf\xbfü", 10), text);
  EXPECT_EQ(text,
            "a\xef\xbf\xbd"
            "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdü");
}

}  // namespace
}  // namespace annofs
