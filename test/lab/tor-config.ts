/**
 * frr.conf of a top-of-rack router, up to the neighbors: the peer group of the nodes. What follows
 * belongs to `router bgp`.
 */
export const torBeginning = (tor: 1 | 2): string => `hostname tor${tor}
bfd
 profile fast
  detect-multiplier 3
  transmit-interval 300
  receive-interval 300
 exit
exit
router bgp 6500${tor}
 bgp router-id 10.0.0.${tor}
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor nodes peer-group
 neighbor nodes remote-as external
 neighbor nodes timers 3 9
 neighbor nodes timers connect 1
 neighbor nodes advertisement-interval 0
 neighbor nodes bfd
 neighbor nodes bfd profile fast`;
