# Moves Python code from CDKTF to CDK Terrain: sed -E -i.cdktf -f cdktf-to-cdktn.sed main.py stacks/*.py
s/^( *(from|import) )cdktf_cdktf_provider_aws/\1cdktn_provider_aws/
s/^( *from )cdktf([ .])/\1cdktn\2/
s/^( *)import cdktf$/\1import cdktn as cdktf/
