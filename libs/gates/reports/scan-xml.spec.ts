import { describe, expect, it } from '@jest/globals';
import { scanXml } from './scan-xml.js';
import type { XmlElement } from './xml.js';

function scan(text: string) {
  const visited: [string, string][] = [];
  const root = scanXml(text, {
    kept: new Set(['list', 'group', 'note', 'item']),
    wanted: new Set(['item']),
    visit: (element, above) =>
      visited.push([
        above.map(({ name }) => name).join('/'),
        `${element.attributes.get('id')} ${element.text.trim()}`,
      ]),
  });
  return { root, visited };
}

const show = ({ name, attributes, elements, text }: XmlElement): unknown => [
  name,
  Object.fromEntries(attributes),
  text.trim(),
  ...elements.map(show),
];

describe('going through XML', () => {
  it('visits what is wanted, and keeps the rest', () => {
    const text = `\ufeff<?xml version="1.0"?><!-- <!DOCTYPE x> --><!DOCTYPE list SYSTEM 'list.dtd'>
      <x:list a = "1 &gt; 0 &#65;" x:b='it "is"'><group><item id="1">one <b/><![CDATA[<two> &amp;]]></item></group><item id="2"/>
      <note>words &unknown; &lt;</note><?pi <item?></x:list> <!-- end -->`;
    const { root, visited } = scan(text);
    expect(show(root)).toEqual([
      'list',
      { a: '1 > 0 A', b: 'it "is"' },
      '',
      ['group', {}, ''],
      ['note', {}, 'words &unknown; <'],
    ]);
    expect(visited).toEqual(
      [
        ['list/group', '1 one <two> &amp;'],
        ['list', '2'],
      ].map(([path, words]) => [path, words === '2' ? '2 ' : words]),
    );
  });

  it('looks at nothing in what is not kept, but that it is well-formed', () => {
    const { root, visited } = scan(
      '<list><other><item id="1"/><note>words<![CDATA[ <item/>]]></note></other><item id="2"><other>x</other></item></list>',
    );
    expect(show(root)).toEqual(['list', {}, '']);
    expect(visited).toEqual([['list', '2 ']]);
    expect(() => scan('<list><other><a></b></other></list>')).toThrow(/fits no element/);
  });

  it('takes an attribute without a prefix before one of its name with one', () => {
    const { root } = scan('<list x:a="1" a="2" x:b="3" xmlns:c="4" c="5"/>');
    expect(Object.fromEntries(root.attributes)).toEqual({ a: '2', b: '3', c: '5' });
  });

  it.each([
    ['<a>', /<a> does not end/],
    ['<a><b></a></b>', /fits no element/],
    ['</a>', /fits no element/],
    ['<a></a', /fits no element/],
    ['<a b="1" b="2"/>', /twice/],
    ['<a b=1/>', /not well-formed/],
    ['<a b="<"/>', /not well-formed/],
    ['<a b="1"c="2"/>', /not well-formed/],
    ['<a b="1/>', /not well-formed/],
    ['<a b= />', /not well-formed/],
    ['<a ="1"/>', /not well-formed/],
    ['<a / >', /not well-formed/],
    [`<a ${Array.from({ length: 65 }, (_, at) => `b${at}="" `).join('')}/>`, /more than 64 attributes/],
    ['<ab></a>', /fits no element/],
    ['<a></ab>', /fits no element/],
    ['<a', /not well-formed/],
    ['<a/><b/>', /second root/],
    ['<a/>words', /outside of the root/],
    ['words<a/>', /outside of the root/],
    ['<a><!-- b</a>', /does not end/],
    ['<a><![CDATA[b</a>', /does not end/],
    ['< a/>', /no name/],
    ['', /no element/],
    ['<!DOCTYPE a [<!ENTITY b "c">]><a/>', /document type/],
    ['<!DOCTYPE a SYSTEM "x" [<!ENTITY b "c">]><a/>', /document type/],
    ['<a><!ENTITY b "c"></a>', /document type/],
    [`${'<a>'.repeat(65)}`, /deeper/],
    ['<a>\n\n<b c></a>', /line 3/],
  ])('refuses %j', (text, problem) => {
    expect(() => scan(text)).toThrow(problem);
  });
});
