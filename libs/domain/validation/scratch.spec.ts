import { it } from '@jest/globals';
import { parse } from '../definition/parse.js';
import { readDefinition, validate } from './validate.js';
import { commandRun } from '#contracts/catalogue/command-run.js';
import { httpRequest } from '#contracts/catalogue/http-request.js';
const actions = new Map<string, any>([['command/run', commandRun], ['http/request', httpRequest]]) as any;
const M = 1<<20;
const head='sluice: 1\nname: a\nstages:\n  s:\n    steps:\n';
const cases: Record<string,string> = {
  chain: head + Array.from({length:10000},(_,i)=>`      s${i}: { uses: command/run, with: { run: [echo, "${i}"] } }\n`).join(''),
  chainrefs: head + Array.from({length:10000},(_,i)=>`      s${i}: { set: { a: "\${{ steps.s${i>5?(i*7919)%i:0}.output }}" } }\n`).join('').replace('s0: { set: { a: "${{ steps.s0.output }}" } }','s0: { wait: 1s }'),
  many: head + Array.from({length:28000},(_,i)=>`      s${i}: { wait: ${i}m }\n`).join(''),
  unk: head + Array.from({length:10000},(_,i)=>`      steppp${i}: { set: { a: "\${{ steps.stepxp${i}q.output }}" } }\n`).join(''),
  nulls: head + Array.from({length:60000},(_,i)=>`      s${i}: 1\n`).join(''),
  refs: head + '      a: { wait: 1s }\n      b:\n        set:\n' + Array.from({length:28000},(_,i)=>`          x${i}: "\${{ steps.a.output }}"\n`).join(''),
  needs: head + Array.from({length:300},(_,i)=>`      s${i}: { wait: 1s, needs: [${Array.from({length:i},(_,j)=>'s'+j).join(', ')}] }\n`).join(''),
  inputs: 'sluice: 1\nname: a\nstages: {}\ninputs:\n'+Array.from({length:40000},(_,i)=>`  a${i}: {type: string}\n`).join(''),
  inputs500: 'sluice: 1\nname: a\nstages: {}\ninputs:\n'+Array.from({length:500},(_,i)=>`  a${i}: {type: string, pattern: "^a${i}+$", default: aaaaa}\n`).join(''),
  patt: 'sluice: 1\nname: a\nstages: {}\ninputs:\n  a: {type: object, patternProperties: {'+Array.from({length:400},(_,i)=>`"^(a+)+${i}$": true`).join(',')+'}, default: {'+Array.from({length:60000},(_,i)=>`aaa${i}: 1`).join(',')+'}}',
  bigpat: 'sluice: 1\nname: a\nstages: {}\ninputs:\n  a: {type: string, pattern: "((a{1,1000}){1,1000}){1,10}"}\n  b: {type: string, pattern: "'+'(a?)'.repeat(100000)+'", default: '+'a'.repeat(100000)+'}',
  uniq: 'sluice: 1\nname: a\nstages: {}\ninputs:\n  a: {type: array, uniqueItems: true, default: ['+Array.from({length:100000},(_,i)=>`{a: ${i}}`).join(',')+']}',
  refbomb: 'sluice: 1\nname: a\nstages: {}\ninputs:\n  a: { $ref: "#/$defs/d0", default: 1, $defs: {'+Array.from({length:40},(_,i)=>`d${i}: {allOf: [{$ref: "#/$defs/d${i+1}"},{$ref: "#/$defs/d${i+1}"}]}`).join(',')+', d40: {type: integer}}}',
  lb:'['.repeat(M),cba:'{a: '.repeat(M/4),dash:'- '.repeat(M/2),q:'? '.repeat(M/2),dq:'"'.repeat(M),comma:'['+','.repeat(M-1),err:'}'.repeat(M),errs:'a: ]\n'.repeat(M/5),list:'- a\n'.repeat(M/4),doc:'---\n'.repeat(M/4),dir:'%A b\n'.repeat(M/5),fseqn:'['+'? '.repeat(M/2),dashmap:'- a: '.repeat(M/5),flowlist:'['+'a,'.repeat(M/2-1)+']',
  unkkeys: Array.from({length:100000},(_,i)=>`stagez${i}: 1`).join('\n'),
  laugh: 'a: &a [x,x,x,x,x,x,x,x,x]\n'+'bcdefghi'.split('').map((c,i)=>`${c}: &${c} [${Array(9).fill('*'+'abcdefghi'[i]).join(',')}]`).join('\n'),
  expr: head+'      a: { set: { a: "${{ '+'(('.repeat(500)+'1'+'))'.repeat(500)+' }}" } }\n',
  longid: head+'      '+'a'.repeat(500000)+': { wait: 1s }\n',
};
it('x', () => {
  const out: string[]=[];
  for (const [k,t] of Object.entries(cases)) { const t0=performance.now(); const p=parse(t); const t1=performance.now(); if(p.tree) validate(p.tree, actions); const t2=performance.now(); const r = readDefinition(t, actions);
   const by: Record<string,number>={}; for(const f of r.findings) by[f.code]=(by[f.code]??0)+1;
   out.push(`${k} ${t.length>>10}K parse ${(t1-t0)|0} validate ${(t2-t1)|0} ${r.definition?'OK':''} ${JSON.stringify(by)} ${r.findings[0]?.message.slice(0,100)}`); }
  console.log(out.join('\n'));
}, 300000);
